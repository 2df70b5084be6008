/** Checks of a real daemon with the name of a host and TLS, which its prober performs. */

import { assertMatch } from "@std/assert";
import { until } from "../_patience.ts";
import { answering, Server } from "../health/_servers.ts";
import { Dinit, isRunning } from "./_dinit.ts";
import { process } from "./_hosts.ts";

const TLS = new URL("../fixtures/tls/", import.meta.url).pathname;

/** The processes below a daemon that perform checks. */
function probersOf(parent: number): number[] {
  return Array.from(Deno.readDirSync("/proc"), ({ name }) => Number(name)).filter((pid) => {
    try {
      if (!(pid > 1)) return false;
      const [, ppid] = /^PPid:\s*(\d+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`)) ?? [];
      return Number(ppid) === parent &&
        Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0").includes("health-prober");
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false; // it has ended meanwhile
      if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
      throw error;
    }
  });
}

/** Kills a process, unless it has ended because its daemon has another program meanwhile. */
function killIfRunning(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

Deno.test("checks by https and a name go on when their process is killed, and after a fault of the daemon", async () => {
  const listener = Deno.listenTls({
    port: 0,
    hostname: "127.0.0.1",
    cert: Deno.readTextFileSync(`${TLS}server.pem`),
    key: Deno.readTextFileSync(`${TLS}server.key`),
  });
  const answer = answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  let answers = 0;
  const serve = async (connection: Deno.Conn) => {
    await answer(connection);
    answers += 1;
  };
  await using server = new Server(serve, { listener });
  await using dinit = new Dinit({
    boot: process(
      "exec sleep 1000",
      "ready-notification = health",
      `health-http = https://localhost:${server.port}/`,
      "health-interval = 0.1",
      "health-start-interval = 0.1",
      "health-timeout = 1m",
      "start-timeout = 0",
    ),
  });
  dinit.start({
    args: ["--host", "native"],
    env: { SSL_CERT_FILE: `${TLS}ca.pem`, DENO_TLS_CA_STORE: "system" },
  });
  const boot = async () => {
    const { health } = JSON.parse((await dinit.ctl("--json", "health", "boot")).stdout);
    return health?.[0] ?? {};
  };
  /** Checks succeed that began after now. The server counts them: a request to the daemon may replace its program. */
  const succeed = async () => {
    const before = answers;
    await until(() => answers > before + 1, "two more checks");
    await until(async () => {
      const { verdict, failures } = await boot();
      return verdict === "healthy" && failures === 0;
    }, "checks that succeed");
  };
  /** The only prober, when the one of before has ended. */
  const prober = (before?: number) =>
    until(() => {
      const found = probersOf(dinit.pid);
      return found.length === 1 && found[0] !== before ? found[0] : undefined;
    }, "one prober");
  await dinit.printed("[  OK  ] boot");
  assertMatch((await boot()).last, /^GET https:\/\/localhost:\d+\/: 200 \(\d+ ms\)$/);
  const first = await prober();
  killIfRunning(first);
  await succeed();
  const second = await prober(first);
  const { faults } = dinit;
  dinit.kill("SIGSEGV");
  await dinit.until(() => dinit.faults > faults, "a word about the fault");
  await succeed();
  const third = await prober(second);
  await dinit.stop();
  await dinit.until(() => !isRunning(third), "the end of the prober");
});
