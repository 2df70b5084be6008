/** A web project of six real daemons, with a fresh home: from nothing to all ready, with one file and one command. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { needing, programPath } from "../_needs.ts";
import { endOf, killUnlessEnded, outputOf } from "../_processes.ts";
import { until } from "../_patience.ts";
import { dinitCommand } from "../e2e/_dinit.ts";

const FIXTURE = decodeURIComponent(new URL("../fixtures/six_daemons", import.meta.url).pathname);
const GUIDE = new URL("../../docs/guide-developer.md", import.meta.url);

const PROGRAMS = ["redis-server", "nginx", "node", "python3"];
const isThere = PROGRAMS.every((name) => programPath(name) !== undefined);

/** The files with ports of this machine that are free. */
function copyProject(to: string): { web: number } {
  const listeners = [6390, 2525, 3000, 8090].map((port) => ({
    port,
    listener: Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  }));
  const ports = new Map(listeners.map(({ port, listener }) => [String(port), listener.addr.port]));
  for (const { listener } of listeners) listener.close();
  for (const { name } of Deno.readDirSync(FIXTURE)) {
    const text = Deno.readTextFileSync(`${FIXTURE}/${name}`);
    Deno.writeTextFileSync(
      `${to}/${name}`,
      text.replaceAll(/\b(?:6390|2525|3000|8090)\b/g, (port) => `${ports.get(port)}`),
    );
  }
  return { web: ports.get("8090")! }; // it is in the list above
}

Deno.test("the guide says how many lines the project of six daemons takes, here and elsewhere", () => {
  const lines = (name: string) => Deno.readTextFileSync(`${FIXTURE}/${name}`).trimEnd().split("\n").length;
  const guide = Deno.readTextFileSync(GUIDE);
  for (const name of ["dinit.toml", "process-compose.yaml", "ecosystem.config.cjs"]) {
    assert(new RegExp(`\`${name}\` *\\| *${lines(name)} `).test(guide), `${name} has ${lines(name)} lines`);
  }
});

Deno.test({
  ...needing("six real daemons of a web project are ready after one command", PROGRAMS.join(", "), isThere),
  fn: async () => {
    const project = Deno.makeTempDirSync({ prefix: "dinit-six-" });
    const home = `${project}/home`;
    Deno.mkdirSync(home);
    const { web } = copyProject(project);
    const env = { HOME: home, TERM: "xterm", NO_COLOR: "1" };
    const [program, ...args] = dinitCommand(["up"]);
    const child = new Deno.Command(program, { args, cwd: project, env, stdin: "null", stdout: "piped" })
      .spawn();
    let output = "";
    const reading = (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of child.stdout) output += decoder.decode(chunk, { stream: true });
    })();
    try {
      await until(() => output.includes("6 of 6 ready in "), () => output);
      console.log(/6 of 6 ready in .*/.exec(output)?.[0]);
      const page = async () => await (await fetch(`http://127.0.0.1:${web}/`)).text();
      await until(async () => /count: [1-9]/.test(await page()), "a count in redis");
      for (const name of ["redis", "mail", "api", "worker", "watcher", "web"]) {
        assertStringIncludes(output, ` + ${name.padEnd(7)}  ready `);
      }
      child.kill("SIGTERM");
      assertEquals((await endOf(child, () => output)).code, 0);
      await reading;
      assertStringIncludes(output, "dinit: stopped in ");
    } finally {
      killUnlessEnded(child, "SIGTERM");
      const [down, ...words] = dinitCommand(["down"]);
      await outputOf(down, { args: words, cwd: project, env });
      Deno.removeSync(project, { recursive: true });
    }
  },
});
