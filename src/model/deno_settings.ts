/** What a description says about a program for Deno (`deno-script`): an extension. The command is made from it. */

/** The settings, after substitution. */
export interface DenoSettings {
  /** `deno-script`: the path or URL of the program, and its arguments; empty: the service has a `command` or none. */
  readonly script: readonly string[];
  /** `deno-permissions`: what is granted and denied, in the words of Deno's flags: `net=127.0.0.1:8080`, `deny-run`. */
  readonly permissions: readonly string[];
  /** `deno-flags`: other flags of `deno run`. */
  readonly flags: readonly string[];
}

/** The settings of a description without such lines. All such descriptions share this object. */
export const NO_DENO: DenoSettings = { script: [], permissions: [], flags: [] };
