/** The examples in the documentation of the library run as they stand. */

import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { outputOf } from "../_processes.ts";
import { Dinit } from "../e2e/_dinit.ts";

const ROOT = new URL("../../", import.meta.url);
const ADDRESS = "@dinit/dinit/client";

/** The programs between fences of TypeScript in a text, without the stars of a comment. */
function programsOf(text: string): string[] {
  const bare = text.replaceAll(/^ \* ?/gm, "");
  return Array.from(bare.matchAll(/^```ts\n(.*?)^```$/gms), ([, program]) => program);
}

/** What a program writes that runs beside a daemon whose service `web` has this command. */
async function run(program: string, command: string): Promise<string> {
  await using dinit = new Dinit({
    boot: "type = internal\nwaits-for = web\n",
    web: `type = process\ncommand = ${command}\nrestart = no\n`,
  });
  dinit.start();
  await dinit.printed("[  OK  ] boot");
  dinit.write("example.ts", program.replaceAll(ADDRESS, new URL("src/client/library.ts", ROOT).href));
  const { stdout, stderr } = await outputOf(Deno.execPath(), {
    args: ["run", "--check", "--quiet", "--no-prompt", "--allow-all", `${dinit.directory}/example.ts`],
    env: { DINIT_SOCKET_PATH: dinit.socket, NO_COLOR: "1" },
  });
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

Deno.test("the package names its entries, and each is there", async () => {
  const settings = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  assertEquals(settings.name, "@dinit/dinit");
  assertEquals(Object.keys(settings.exports), [".", "./client", "./description", "./engine", "./model"]);
  for (const file of Object.values(settings.exports) as string[]) {
    assertNotEquals(await Deno.stat(new URL(file, ROOT)), undefined);
  }
});

Deno.test("every exported symbol of the library is documented", async () => {
  const { code, stderr } = await outputOf(Deno.execPath(), {
    args: ["doc", "--lint", new URL("src/client/library.ts", ROOT).href],
  });
  assertEquals([new TextDecoder().decode(stderr), code], ["Checked 1 file\n", 0]);
});
