/** The examples in the documentation of the library run as they stand. */

import { assertEquals, assertMatch } from "@std/assert";
import { outputOf } from "../_processes.ts";
import { Dinit } from "../e2e/_dinit.ts";

const ROOT = new URL("../../", import.meta.url);
/** The files behind the addresses of the package. */
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

/**
 * What a program writes that runs beside a daemon whose service `web` has this command.
 *
 * @param options further options of the runtime
 */
async function run(program: string, command: string, options: readonly string[] = []): Promise<string> {
  await using dinit = new Dinit({
    boot: "type = internal\nwaits-for = web\n",
    web: `type = process\ncommand = ${command}\nrestart = no\n`,
  });
  dinit.start();
  await dinit.printed("[  OK  ] boot");
  dinit.write("example.ts", withFiles(program));
  const { stdout, stderr } = await outputOf(Deno.execPath(), {
    args: [
      "run",
      "--check",
      "--quiet",
      "--no-prompt",
      "--allow-all",
      ...options,
      `${dinit.directory}/example.ts`,
    ],
    env: { DINIT_SOCKET_PATH: dinit.socket, NO_COLOR: "1" },
  }, CHECKING_LIMIT);
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

const RUNS = "/bin/sleep 600";
const FAILS = "/nonexistent/web";

Deno.test("the examples of the library run", async () => {
  const [list, start, ...others] = programsOf(
    await Deno.readTextFile(new URL("src/client/library.ts", ROOT)),
  );
  assertEquals(others, []);
  assertMatch(await run(list, RUNS), /^started boot\nstarted web\n$/);
  assertMatch(await run(start, RUNS), /^web runs as process \d+\n$/);
  assertMatch(await run(start, FAILS), /^web failed: exec-failed undefined\n$/);
});

Deno.test("the first program of the page on the library runs", async () => {
  const [first] = programsOf(await Deno.readTextFile(new URL("docs/client.md", ROOT)));
  assertMatch(await run(first, RUNS), /^started boot \nstarted web \d+\n$/);
});

Deno.test("the example of the whole package runs", async () => {
  const [program] = programsOf(await Deno.readTextFile(new URL(SETTINGS.exports["."], ROOT)));
  // What the package depends on is found by the map of the repository.
  const options = ["--config", new URL("deno.json", ROOT).pathname];
  assertMatch(await run(program, RUNS, options), /^STARTED\nweb runs\n$/);
});

for (
  const [entry, expected] of [
    ["description", "true restart-delay\n"],
    ["engine", "1 database loaded\n2 site loaded\n6 database started\n8 site started\n"],
    ["model", "No such file or directory 1\n"],
  ]
) {
  Deno.test(`the example of the entry ${entry} runs`, async () => {
    const [program] = programsOf(await Deno.readTextFile(new URL(SETTINGS.exports[`./${entry}`], ROOT)));
    const file = await Deno.makeTempFile({ prefix: "dinit-example-", suffix: ".ts" });
    try {
      await Deno.writeTextFile(file, withFiles(program));
      const args = ["run", "--check", "--quiet", "--no-prompt", "--allow-all", file];
      const { stdout, stderr } = await outputOf(Deno.execPath(), { args, env: { NO_COLOR: "1" } });
      assertEquals(new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr), expected);
    } finally {
      await Deno.remove(file);
    }
  });
}

Deno.test("the package names its entries, and each is there", async () => {
  assertEquals(SETTINGS.name, "@dinit/dinit");
  assertEquals(Object.keys(SETTINGS.exports), [".", "./client", "./description", "./engine", "./model"]);
  for (const file of Object.values(SETTINGS.exports) as string[]) {
    assertEquals((await Deno.stat(new URL(file, ROOT))).isFile, true);
  }
});
