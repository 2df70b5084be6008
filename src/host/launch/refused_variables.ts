/**
 * Variables of the dynamic linker. Deno refuses to start a process with one of them, unless it may start every program:
 * such a variable could make a granted program do the work of another one.
 */

/** Whether the runtime refuses a variable with this name and value under a list of programs. */
function isRefused(name: string, value: string): boolean {
  return value !== "" && /^(LD_|DYLD_)/i.test(name);
}

/** Removes these variables from the environments of processes where necessary, and logs each variable once. */
export class RefusedVariables {
  readonly #warn: (text: string) => void;
  readonly #told = new Set<string>();
  readonly #mayRunAll = Deno.permissions.querySync({ name: "run" }).state === "granted";

  constructor(warn: (text: string) => void = () => {}) {
    this.#warn = warn;
  }

  /** The part of an environment that a process may have. */
  passable(environment: Iterable<readonly [name: string, value: string]>): Record<string, string> {
    const entries = [...environment];
    if (this.#mayRunAll) return Object.fromEntries(entries);
    const refused = entries.filter(([name, value]) => isRefused(name, value)).map(([name]) => name);
    this.#tell(refused.filter((name) => !this.#told.has(name)));
    return Object.fromEntries(entries.filter(([name]) => !refused.includes(name)));
  }

  #tell(names: readonly string[]): void {
    if (names.length === 0) return;
    for (const name of names) this.#told.add(name);
    const [which, are] = names.length === 1 ? ["this variable", "is"] : ["these variables", "are"];
    this.#warn(
      `${names.join(", ")} ${are} not passed to services: Deno starts no program with ${which} ` +
        "under a list in --allow-run (grant --allow-run without a list, or --allow-ffi, to pass them)",
    );
  }
}
