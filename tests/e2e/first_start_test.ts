/** What Deno does when it runs the program for the first time: its cache is empty, and there may be no network. */

import { fromSources } from "../_needs.ts";
import { outputOf } from "../_processes.ts";
import { assert, assertEquals } from "@std/assert";
import { Dinit, ROOT } from "./_dinit.ts";

/** An unusable registry: it counts connections and closes them. */
class DeadRegistry implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #serving = this.#serve();
  connections = 0;
  /** Deno's cache; empty at first. */
  readonly cache = Deno.makeTempDirSync({ prefix: "dinit-cache-" });

  /** The environment of a Deno that has this registry and this cache. */
  get env(): Record<string, string> {
    const { port } = this.#listener.addr;
    return { DENO_DIR: this.cache, NPM_CONFIG_REGISTRY: `http://127.0.0.1:${port}/` };
  }

  async #serve(): Promise<void> {
    for await (const connection of this.#listener) {
      this.connections++;
      connection.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
    Deno.removeSync(this.cache, { recursive: true });
  }
}

function sourceTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ ...fromSources(name), fn });
}

sourceTest("the tasks of the README download nothing", async () => {
  await using registry = new DeadRegistry();
  for (const words of [["ctl", "--version"], ["check"]]) {
    const output = await outputOf(Deno.execPath(), {
      args: ["task", ...words],
      cwd: ROOT,
      env: { ...registry.env, NO_COLOR: "1" },
      stdin: "null",
    });
    const text = new TextDecoder().decode(output.stdout) + new TextDecoder().decode(output.stderr);
    assert(!text.includes("Download") && !text.includes("npm"), text);
  }
  assertEquals(registry.connections, 0);
});

sourceTest("a daemon downloads nothing, with a main log or without", async () => {
  for (const args of [[], ["--log-file", "log"], ["--log-file", "log", "--log-format=json"]]) {
    await using registry = new DeadRegistry();
    await using dinit = new Dinit({ boot: "type = internal\n" }).start({ env: registry.env, args });
    await dinit.printed("[  OK  ] boot");
    assertEquals((await dinit.stop()).code, 0);
    assertEquals(dinit.lines, ["[  OK  ] boot", "[STOPPD] boot"]);
    if (args.length > 0) assert(dinit.read("log").includes("service boot stopped."));
    assertEquals(registry.connections, 0);
  }
});
