/** The library from outside: ten lines list the services of a real daemon, in Deno and in Node. */

import { assertEquals, assertMatch } from "@std/assert";
import { needing } from "../_needs.ts";
import { buildPackage } from "../../scripts/npm.ts";
import { outputOf } from "../_processes.ts";
import { Dinit } from "./_dinit.ts";

/** The programs differ only in the address of the library. */
const LIST = `const client = await connect({ socketPath: process.argv[2] });
try {
  for (const { name, state } of await client.services()) console.log(name, state);
  const failed = await client.service("broken").start().catch((error) => error);
  console.log(failed.name, failed.service, failed.status?.reason, failed.status?.launch?.errno);
  console.log((await client.service("sleeper").start()).pid > 0);
  console.log((await client.service("sleeper").stop()).state);
} finally {
  client.close();
}`;

const LISTED = "boot started\nStartFailedError broken exec-failed 2\ntrue\nstopped\n";

async function withDaemon(test: (dinit: Dinit) => Promise<void>): Promise<void> {
  await using dinit = new Dinit({
    boot: "type = internal\n",
    broken: "type = process\ncommand = /nonexistent/program\n",
    sleeper: "type = process\ncommand = /bin/sleep 600\n",
  });
  dinit.start();
  await dinit.printed("[  OK  ] boot");
  await test(dinit);
}

async function textOf(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const { code, stdout, stderr } = await outputOf(program, { args: [...args], cwd, stdin: "null" });
  const decoder = new TextDecoder();
  assertEquals([decoder.decode(stderr), code], ["", 0]);
  return decoder.decode(stdout);
}

Deno.test("ten lines list the services of a daemon from Deno", () =>
  withDaemon(async (dinit) => {
    const library = new URL("../../src/client/library.ts", import.meta.url);
    dinit.write(
      "list.ts",
      `import process from "node:process";\nimport { connect } from "${library}";\n${LIST}`,
    );
    const { socket, directory } = dinit;
    const grants = [`--allow-net=unix:${socket}`, `--allow-read=${socket}`, `--allow-write=${socket}`];
    const args = ["run", "--no-prompt", "--no-check", ...grants, `${directory}/list.ts`, socket];
    assertEquals(await textOf(Deno.execPath(), args), LISTED);
  }));

/** Whether a program is there to be run. */
function has(program: string): boolean {
  try {
    return new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

Deno.test({
  ...needing(
    "ten lines list the services of a daemon from Node, with the package that npm makes",
    "node and npm",
    has("node") && has("npm"),
  ),
  fn: () =>
    withDaemon(async (dinit) => {
      const { directory, socket } = dinit;
      await buildPackage(`${directory}/package`);
      const [packed] = JSON.parse(await textOf("npm", ["pack", "--json", "./package"], directory));
      assertEquals(packed.files.map(({ path }: { path: string }) => path).sort(), [
        "LICENSE",
        "README.md",
        "client.d.ts",
        "client.js",
        "package.json",
      ]);
      const place = `${directory}/node_modules/@dinit/dinit`;
      Deno.mkdirSync(place, { recursive: true });
      await textOf("tar", ["-xzf", `${directory}/${packed.filename}`, "-C", place, "--strip-components=1"]);
      dinit.write(
        "list.mjs",
        `import process from "node:process";\nimport { connect } from "@dinit/dinit/client";\n${LIST}`,
      );
      assertEquals(await textOf("node", [`${directory}/list.mjs`, socket]), LISTED);
      dinit.write(
        "alone.mjs",
        `import { connect } from "@dinit/dinit/client";\n` +
          `await connect({ socketPath: "/none" }).catch(({ name, kind, errno }) => console.log(name, kind, errno));`,
      );
      assertEquals(await textOf("node", [`${directory}/alone.mjs`]), "ControlError connect 2\n");
      dinit.write(
        "typed.ts",
        `// @ts-types="./package/client.d.ts"\n` +
          `import { connect, type ServiceInfo } from "./package/client.js";\n` +
          `const services: ServiceInfo[] = await (await connect()).services();\nconsole.log(services);\n`,
      );
      const { stderr } = await outputOf(Deno.execPath(), {
        args: ["check", "--no-config", `${directory}/typed.ts`],
      });
      assertMatch(new TextDecoder().decode(stderr), /^\S*Check\S* \S+typed\.ts\n$/);
    }),
});
