import { assertEquals } from "@std/assert";
import { outputOf } from "../_processes.ts";

const ROOT = new URL("../../", import.meta.url);
const SETTINGS = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));

/** Entry points of the package, by the names that programs import. */
const EXPORTS = Object.entries<string>(SETTINGS.exports);

// Each alone: a type that only another entry point exports is private to a reader of this one.
for (const [name, file] of EXPORTS) {
  Deno.test(`every symbol that @dinit/dinit exports as "${name}" is documented, with the types that it names`, async () => {
    const args = ["doc", "--lint", new URL(file, ROOT).href];
    const { success, stderr } = await outputOf(Deno.execPath(), { args, env: { NO_COLOR: "1" } });
    assertEquals([new TextDecoder().decode(stderr), success], ["Checked 1 file\n", true]);
  });
}
