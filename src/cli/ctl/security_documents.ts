/** The documents of `security` and `permissions`. */

/** `security` */
export interface SecurityDocument {
  readonly command: "security";
  /** The services that have a process, in the order in which they were loaded. */
  readonly services: readonly {
    readonly name: string;
    /** The id of its main process. */
    readonly pid: number;
    /** What it could still do, the gravest first, with the line that prevents it. */
    readonly exposures: readonly { readonly kind: string; readonly text: string; readonly line: string }[];
    /** Why its process cannot be looked at. @default absent, it can */
    readonly unknown?: string;
  }[];
  /** Named services that have no process. @default absent, all have one */
  readonly missing?: readonly string[];
}

/** `permissions` */
export interface PermissionsDocument {
  readonly command: "permissions";
  /** The line for the description. */
  readonly line: string;
  /** What was asked for in the first seconds, in the words of `deno-permissions`. */
  readonly startUp: readonly string[];
  /** What was asked for later. */
  readonly later: readonly string[];
  /** What was denied because of `--deny`, or because the line that was verified does not grant it. */
  readonly denied: readonly string[];
  /** Only with `--verify`: whether it has passed, and the status of the command; 0 if there is none. */
  readonly verified?: { readonly passed: boolean; readonly status: number };
}
