/** The examples in the documentation of the library run unchanged. */

import { assertEquals, assertMatch } from "@std/assert";
import { PATIENCE } from "../_patience.ts";
import { outputOf } from "../_processes.ts";
import { Dinit } from "../e2e/_dinit.ts";

const ROOT = new URL("../../", import.meta.url);
/** The files of the package's entries. */
const SETTINGS = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));

/** How long a program may take whose types are checked together with all that it imports, in milliseconds. */
const CHECKING_LIMIT = 300_000;

/** A program that imports files of the repository instead of the package. */
function withFiles(program: string): string {
  return program.replaceAll(
    /"@dinit\/dinit(\/\w+)?"/g,
    (_, entry = "") => JSON.stringify(new URL(SETTINGS.exports[`.${entry}`], ROOT).href),
  );
}

/** The programs between fences of TypeScript in a text, without the stars of a comment. */
function programsOf(text: string): string[] {
  const bare = text.replaceAll(/^ \* ?/gm, "");
  return Array.from(bare.matchAll(/^```ts\n(.*?)^```$/gms), ([, program]) => program);
}

/** The programs in a file of the repository. */
function programsIn(file: string): string[] {
  return programsOf(Deno.readTextFileSync(new URL(file, ROOT)));
}

const [LIST, START, ...OTHERS] = programsIn("src/client/library.ts");
const [FIRST] = programsIn("docs/client.md");
const ENTRIES = [".", "./description", "./engine", "./model", "./service"];
const [PACKAGE, DESCRIPTION, ENGINE, MODEL, SERVICE] = ENTRIES.map((entry) =>
  programsIn(SETTINGS.exports[entry])[0]
);
const PROGRAMS = { LIST, START, FIRST, PACKAGE, DESCRIPTION, ENGINE, MODEL, SERVICE };
/** What the package depends on is found by the map of the repository. */
const CONFIG = ["--config", decodeURIComponent(new URL("deno.json", ROOT).pathname)];

/** Calls `test` with a function that runs one of the programs and gives what it writes. */
async function withPrograms(
  test: (run: (name: keyof typeof PROGRAMS, socket?: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "dinit-example-" });
  const deno = async (args: string[], socket = "", limit = PATIENCE) => {
    const env = { DINIT_SOCKET_PATH: socket, NO_COLOR: "1" };
    const { stdout, stderr } = await outputOf(Deno.execPath(), { args, env }, limit);
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  };
  try {
    for (const [name, program] of Object.entries(PROGRAMS)) {
      await Deno.writeTextFile(`${directory}/${name}.ts`, withFiles(program));
    }
    // Checked together: each check reads the types of the runtime and of the whole library.
    const files = Object.keys(PROGRAMS).map((name) => `${directory}/${name}.ts`);
    assertEquals(await deno(["check", "--quiet", ...CONFIG, ...files], "", CHECKING_LIMIT), "");
    const words = ["run", ...CONFIG, "--no-check", "--quiet", "--no-prompt", "--allow-all"];
    await test((name, socket) => deno([...words, `${directory}/${name}.ts`], socket));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** A daemon whose service `web` has this command. */
async function daemonWith(command: string): Promise<Dinit> {
  const dinit = new Dinit({
    boot: "type = internal\nwaits-for = web\n",
    web: `type = process\ncommand = ${command}\nrestart = no\n`,
  }).start();
  await dinit.printed("[  OK  ] boot");
  return dinit;
}

Deno.test("the examples of the library, its page and its entries have right types, and run", async () => {
  assertEquals(OTHERS, []);
  await withPrograms(async (run) => {
    await using running = await daemonWith("/bin/sleep 600");
    assertEquals(await run("LIST", running.socket), "started boot\nstarted web\n");
    assertMatch(await run("START", running.socket), /^web runs as process \d+\n$/);
    assertMatch(await run("FIRST", running.socket), /^started boot \nstarted web \d+\n$/);
    assertEquals(await run("PACKAGE", running.socket), "STARTED\nweb runs\n");
    await using failing = await daemonWith("/nonexistent/web");
    assertEquals(await run("START", failing.socket), "web failed: exec-failed undefined\n");
    assertEquals(await run("DESCRIPTION"), "true restart-delay\n");
    const facts = "1 database loaded\n2 site loaded\n6 database started\n8 site started\n";
    assertEquals(await run("ENGINE"), facts);
    assertEquals(await run("MODEL"), "No such file or directory 1\n");
    assertEquals(await run("SERVICE"), ""); // `dinit build` makes something of what it exports
  });
});

Deno.test("the package names its entries, and each exists", async () => {
  assertEquals(SETTINGS.name, "@dinit/dinit");
  assertEquals(Object.keys(SETTINGS.exports).sort(), [...ENTRIES, "./client"].sort());
  for (const file of Object.values(SETTINGS.exports) as string[]) {
    assertEquals((await Deno.stat(new URL(file, ROOT))).isFile, true);
  }
});
