import { assertEquals } from "@std/assert";
import { outputOf } from "../_processes.ts";

const ROOM = new URL("../../src/inherited/mod.ts", import.meta.url).href;

/** What a program of ours finds that the shell starts. `script` executes its arguments. */
async function found(script: string, expression: string, permissions: readonly string[]): Promise<unknown> {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-inherited-" });
  try {
    const program = `${directory}/program.ts`;
    const text = `import * as room from "${ROOM}";\nconsole.log(JSON.stringify(${expression}));\n`;
    Deno.writeTextFileSync(program, text);
    const words = [Deno.execPath(), "run", "--no-prompt", "--no-config", ...permissions, program];
    const { stdout, stderr } = await outputOf("/bin/sh", { args: ["-c", script, "sh", ...words] });
    const said = new TextDecoder().decode(stdout);
    return said === "" ? new TextDecoder().decode(stderr) : JSON.parse(said);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

const ALL = ["--allow-all"];
const NARROW = ["--allow-read", "--allow-env"];

Deno.test("arguments are bytes if the kernel's file is readable, and the runtime's texts otherwise", async () => {
  const script = `exec "$@" a '' "$(printf 'caf\\351')" "é"`;
  const words = "room.commandLineArguments()";
  assertEquals(await found(script, words, ALL), ["a", "", "caf\udce9", "é"]);
  assertEquals(await found(script, words, NARROW), ["a", "", "caf\ufffd", "é"]);
  assertEquals(await found('exec "$@"', words, ALL), []);
});

Deno.test("the environment is bytes in the order of the system, and narrow grants lose what is not UTF-8", async () => {
  const script = `exec env -i "B=$(printf '\\351')" A=1 C= NODE_CHANNEL_SERIALIZATION_MODE=json HOME=/ "$@"`;
  const entries = "room.inheritedEntries()";
  assertEquals(await found(script, entries, ALL), ["B=\udce9", "A=1", "C=", "HOME=/"]);
  assertEquals((await found(script, entries, NARROW) as string[]).sort(), ["A=1", "C=", "HOME=/"]);
});

Deno.test("one variable is found with any bytes, and counts as not set if it is unknown", async () => {
  const script = `HOME="/$(printf 'h\\351')" A=1; export HOME A; unset B; exec "$@"`;
  const values = `["HOME", "A", "B"].map((name) => room.environmentVariable(name) ?? null)`;
  assertEquals(await found(script, values, ALL), ["/h\udce9", "1", null]);
  assertEquals(await found(script, values, NARROW), [null, "1", null]);
});
