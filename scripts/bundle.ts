/**
 * Bundles the program for the binary and for the package for npm: modules with lazy imports become separate scripts, so
 * `dinitctl` does not read the daemon.
 *
 * @module
 */

/** The helper with which the bundler lets CommonJS modules, such as those of `yaml`, require modules of Node. */
const EAGER = /^import \{ createRequire as (\w+) \} from "node:module";\n/m;

/**
 * The text of a bundled script without the static import of `node:module`. Every script with a helper of the bundler
 * would have it, and Deno would load its whole layer for Node at every start: a third of the start of the daemon. Here
 * a module of Node is loaded when something requires it. Other texts do not change.
 */
export function withoutEagerNode(script: string): string {
  const name = EAGER.exec(script)?.[1];
  if (name === undefined) return script;
  return script.replace(EAGER, "")
    .replace(`${name}(import.meta.url)`, "(name) => globalThis.process.getBuiltinModule(name)");
}

/** Bundles `main.ts` of the current folder into a folder. Throws an `Error` with what the bundler says if that fails. */
export async function bundleProgram(folder: string): Promise<void> {
  const words = ["--lock=deno.lock", "--frozen", "--quiet", "--platform=deno", "--code-splitting"];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", ...words, "--outdir", folder, "main.ts"],
    stdin: "null",
  }).output();
  if (!success) throw new Error(`cannot bundle main.ts: ${new TextDecoder().decode(stderr)}`);
  for (const { name } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    const script = Deno.readTextFileSync(path);
    const lean = withoutEagerNode(script);
    if (lean !== script) Deno.writeTextFileSync(path, lean);
  }
}
