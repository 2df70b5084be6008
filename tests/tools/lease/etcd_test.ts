/** `dinit lease` with a real etcd and a real daemon. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { needing } from "../../_needs.ts";
import { until } from "../../_patience.ts";
import { endOf, outputOf } from "../../_processes.ts";
import { Dinit, dinitCommand, isRunning } from "../../e2e/_dinit.ts";
import { internal, process, settings, shell } from "../../e2e/_hosts.ts";

const HAS_ETCD = ["/usr/bin/etcd", "/usr/local/bin/etcd"].some((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
});

/** A server of etcd at a free port, with its data in a temporary directory. */
class Etcd implements AsyncDisposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "dinit-etcd-" });
  readonly #process: Deno.ChildProcess;
  readonly url: string;

  constructor() {
    const [client, peer] = [freePort(), freePort()].map((port) => `http://127.0.0.1:${port}`);
    this.url = client;
    this.#process = new Deno.Command("etcd", {
      args: [
        ...["--data-dir", this.#folder, "--listen-client-urls", client, "--advertise-client-urls", client],
        ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer],
        ...["--initial-cluster", `default=${peer}`, "--logger=zap", "--log-outputs=/dev/null"],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  async isReady(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/v3/maintenance/status`, { method: "POST", body: "{}" });
      await response.body?.cancel();
      return response.ok;
    } catch (error) {
      if (error instanceof TypeError) return false;
      throw error;
    }
  }

  kill(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await endOf(this.#process, "etcd");
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** A machine: the service `web` runs while the lease is held. */
function machine(url: string): Dinit {
  const [program, ...words] = dinitCommand([
    "lease",
    `--etcd=${url}`,
    "--name=web",
    "--service=leader",
    "--ttl=6s",
  ]);
  const dinit = new Dinit({});
  const line = [program, ...words, `--socket-path=${dinit.ownSocket}`].map((word) => `'${word}'`).join(" ");
  const services = {
    boot: internal("waits-for = web"),
    lease: settings(
      "type = process",
      `command = ${shell(`exec ${line} 2>>../said`)}`,
      "ready-notification = notify",
      "restart = yes",
      "restart-delay = 0.1",
      "restart-limit-count = 0",
    ),
    leader: settings("type = triggered", "depends-on = lease"),
    web: process(
      `echo $DINIT_LEASE_WEB >>../tokens; exec sleep 1000`,
      "depends-on = leader",
      "restart = yes",
    ),
    other: process("exec sleep 1000"),
  };
  for (const [name, text] of Object.entries(services)) dinit.write(`sd/${name}`, text);
  return dinit.start({ args: ["--host", "native", "boot", "other"] });
}

/** The process of the service `web`; `undefined`: it has none. */
async function webOf(dinit: Dinit): Promise<number | undefined> {
  const pid = /Process ID: (\d+)/.exec((await dinit.ctl("status", "web")).stdout)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

const tokens = (dinit: Dinit) => dinit.read("tokens").split("\n").filter((line) => line !== "").map(Number);

Deno.test({
  ...needing("one of two daemons runs the service: etcd stops, and the holder is killed", "etcd", HAS_ETCD),
  fn: async () => {
    await using etcd = new Etcd();
    await until(() => etcd.isReady(), "etcd", 50);
    await using one = machine(etcd.url);
    await until(() => tokens(one).length === 1, "the service on the first machine");
    await using two = machine(etcd.url);
    await two.printed("[  OK  ] lease");
    const other = await one.pidOf("other");
    const first = await until(() => webOf(one), "the process of the service");

    // The holder's program is killed: what depends on it stops before another machine has waited for the lease.
    Deno.kill(await one.pidOf("lease"), "SIGKILL");
    await until(() => !isRunning(first), "the end of the service");
    await until(() => tokens(one).length + tokens(two).length === 2, "the next holder");
    const holder = tokens(two).length === 1 ? two : one;
    const web = await until(() => webOf(holder), "the process of the service");

    // Nobody answers: the holder stops the service itself, and nothing else.
    etcd.kill("SIGSTOP");
    await until(() => !isRunning(web), "the end of the service");
    assertEquals(await one.pidOf("other"), other);
    assertEquals([await webOf(one), await webOf(two)], [undefined, undefined]);
    assertStringIncludes(holder.read("said"), "stops the service: it could not be renewed for ");
    etcd.kill("SIGCONT");
    await until(() => tokens(one).length + tokens(two).length === 3, "the service again");
    const all = [...tokens(one), ...tokens(two)];
    assertEquals(new Set(all).size, 3);
    assert(Math.max(...all) === all[tokens(one).length - 1] || Math.max(...all) === all.at(-1));
    for (const dinit of [one, two]) assertEquals((await dinit.stop()).code, 0);
  },
});

Deno.test("dinit lease says what is missing on its command line", async () => {
  const [program, ...args] = dinitCommand(["lease", "--name=web", "--service=leader"]);
  const { code, stderr } = await outputOf(program, { args });
  assertEquals(code, 1);
  assertEquals(
    new TextDecoder().decode(stderr),
    "dinit lease: exactly one of --etcd and --kubernetes is needed (use --help for help)\n",
  );
});
