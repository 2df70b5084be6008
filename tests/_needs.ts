/** Tests that cannot run everywhere: the runner ignores them elsewhere, and their names say what they need. */

/** Whether the user who runs the tests is not root. */
export const NOT_ROOT = Deno.uid() !== 0;

/** The name of a test, and whether the runner ignores it. */
export interface Condition {
  readonly name: string;
  readonly ignore: boolean;
}

/** A test that needs something which may be missing, such as a program. `needs` completes "needs …". */
export function needing(name: string, needs: string, present: boolean): Condition {
  return { name: `${name} (needs ${needs})`, ignore: !present };
}

/** A test that only root can run. `why` completes "root only: …"; `present` is false if something else is missing. */
export function rootOnly(name: string, why: string, present = true): Condition {
  return { name: `${name} (root only: ${why})`, ignore: NOT_ROOT || !present };
}

/** A test of what only holds when the program runs from its sources: a binary has all permissions and all modules. */
export function fromSources(name: string): Condition {
  return needing(name, "the program as sources", !Deno.env.has("DINIT_BINARY"));
}

/** The path of the first of these programs that is installed; `undefined` if none is. */
export function programPath(...names: string[]): string | undefined {
  const directories = (Deno.env.get("PATH") ?? "").split(":");
  const paths = names.flatMap((name) => directories.map((directory) => `${directory}/${name}`));
  return paths.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}
