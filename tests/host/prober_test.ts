/** Checks that another process performs: names of hosts, TLS, and a process that hangs, ends or does not start. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { NullDevice } from "../../src/host/launch/null_device.ts";
import { type Probe, Prober, type ProberContext } from "../../src/host/probing/prober.ts";
import { Errno } from "../../src/model/mod.ts";
import {
  Files,
  openLibrary,
  Poller,
  Processes,
  Sockets,
  Spawner,
  SystemCallError,
} from "../../src/system/mod.ts";
import { answering, Server } from "../health/_servers.ts";
import { soon, until } from "../_patience.ts";
import "../_processes.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const TLS = new URL("../fixtures/tls/", import.meta.url).pathname;
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const LIMIT = 50_000;
/** For processes that are no prober: they say that they are ready, and then do something. */
const READY = `echo '{"said":"ready"}' >&0; `;

/** Starts a prober that trusts the certificates of the tests, or a script of the shell in its place. */
class Starting extends Spawner {
  script: string | undefined;
  count = 0;

  override spawn(request: Parameters<Spawner["spawn"]>[0]): number {
    this.count += 1;
    if (this.script === "") throw new SystemCallError("posix_spawn", Errno.EAGAIN);
    const [path, argv] = this.script === undefined
      ? [Deno.execPath(), ["deno", "run", "--allow-all", MAIN, "health-prober"]]
      : ["/bin/sh", ["sh", "-c", this.script]];
    assert(request.environment.some((entry) => entry.startsWith("DENO_TLS_CA_STORE=")));
    const others = request.environment.filter((entry) => !/^(DENO_TLS_CA_STORE|SSL_CERT_FILE)=/.test(entry));
    const environment = [...others, "DENO_TLS_CA_STORE=system,mozilla", `SSL_CERT_FILE=${TLS}ca.pem`];
    return super.spawn({ ...request, path, argv, environment });
  }
}

/** A prober with everything that it needs. */
class Scene implements Disposable {
  readonly warnings: string[] = [];
  readonly prober: Prober;
  readonly spawner: Starting;
  readonly #closing: (() => void)[];

  constructor(options: Pick<ProberContext, "answerGrace" | "idleLimit"> = {}, script?: string) {
    const library = openLibrary();
    const files = new Files(library);
    const poller = new Poller(library);
    const nothing = new NullDevice(files);
    this.spawner = new Starting(library, 0n);
    this.spawner.script = script;
    this.prober = new Prober({
      files,
      poller,
      nothing,
      processes: new Processes(library),
      sockets: new Sockets(library),
      spawner: this.spawner,
      warn: (text) => void this.warnings.push(text),
      ...options,
    });
    this.#closing = [() => poller.close(), () => nothing.close()];
  }

  /** What comes of a check. */
  async outcome(probe: Pick<Probe, "way" | "target"> & { limit?: number }): Promise<string> {
    const whole = { limit: LIMIT, ...probe };
    const { healthy, how } = await soon(
      this.prober.probe(whole, new AbortController().signal),
      `a check of ${probe.target}`,
    );
    return `${healthy ? "healthy" : "failed"}: ${how}`;
  }

  [Symbol.dispose](): void {
    this.prober.close();
    for (const close of this.#closing) close();
  }
}

/** A server that speaks TLS, and answers each request with this text. */
function tlsServer(text: string): Server {
  const listener = Deno.listenTls({
    port: 0,
    hostname: "127.0.0.1",
    cert: Deno.readTextFileSync(`${TLS}server.pem`),
    key: Deno.readTextFileSync(`${TLS}server.key`),
  });
  return new Server(answering(text), { listener });
}

Deno.test("names of hosts and TLS are checked by another process, whatever the server does", async () => {
  using scene = new Scene();
  const http = (target: string, limit = LIMIT) => scene.outcome({ way: "http", target, limit });
  const tcp = (target: string) => scene.outcome({ way: "tcp", target });

  const closed = await (async () => {
    await using server = new Server(() => Promise.resolve());
    assertEquals(await tcp(`localhost:${server.port}`), "healthy: connected");
    return server.port;
  })();
  assertEquals(await tcp(`localhost:${closed}`), "failed: Connection refused");
  assertMatch(
    await tcp("no-such-host.invalid:80"),
    /^failed: no-such-host\.invalid: (unknown host|the look-up)/,
  );

  await using secure = tlsServer(OK);
  assertEquals(await http(`https://localhost:${secure.port}/x`), "healthy: 200");
  assertEquals(await http(`https://127.0.0.1:${secure.port}/x`), "healthy: 200");
  assertMatch(await http(`https://127.0.0.2:${secure.port}/`), /^failed: (TLS: .*|Connection refused)$/);

  // Without the message of TLS that announces the end, and without a length.
  await using rude = tlsServer("HTTP/1.1 200 OK\r\n\r\nuntil the end");
  assertEquals(await http(`https://localhost:${rude.port}/`), "healthy: 200");

  await using plain = new Server(answering("220 mail.example ESMTP\r\n\r\n"));
  assertMatch(await http(`https://localhost:${plain.port}/`), /^failed: TLS: /);
  assertEquals(await http(`http://localhost:${plain.port}/`), "failed: the answer is not HTTP/1.1");

  const url = () => `https://localhost:${looping.port}/`;
  await using looping = tlsServer("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n");
  assertEquals([await http(url()), looping.count], ["healthy: 302", 1]);

  await using endless = new Server(async (connection) => {
    await connection.read(new Uint8Array(4096));
    await connection.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n"));
    for (;;) await connection.write(new Uint8Array(8192)); // until the check closes the connection
  });
  assertEquals(await http(`http://localhost:${endless.port}/`), "healthy: 200");

  const end = Promise.withResolvers<void>();
  await using dripping = new Server(async (connection) => {
    const buffer = new Uint8Array(4096);
    await connection.read(buffer);
    await connection.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx"));
    await connection.read(buffer).catch(() => null);
    end.resolve();
  });
  assertEquals(
    await http(`http://localhost:${dripping.port}/`, 500),
    "failed: nothing within 0.5 s, while waiting for the answer",
  );
  await soon(end.promise, "the end of the connection");

  await using silent = new Server((connection) => connection.read(new Uint8Array(9)).then(() => end.promise));
  assertMatch(
    await http(`https://localhost:${silent.port}/`, 500),
    /^failed: (nothing within 0\.5 s, during|TLS: )/,
  );
  assertEquals([scene.spawner.count, scene.warnings], [1, []]);
});

Deno.test("a prober that hangs is a failed check, and is replaced", async () => {
  using scene = new Scene({ answerGrace: 20 }, `${READY}exec sleep 1000`);
  const probe = { way: "tcp", target: "localhost:1", limit: 20 } as const;
  assertEquals(await scene.outcome(probe), "failed: the prober of health checks does not answer");
  const { pid } = scene.prober;
  assertEquals(scene.warnings, [
    `The prober of health checks (process ${pid}) does not answer; it is replaced`,
  ]);
  scene.spawner.script = undefined;
  await until(() => scene.prober.pid === undefined, "the end of the prober");
  assertEquals(await scene.outcome({ way: "tcp", target: "localhost:1" }), "failed: Connection refused");
});

Deno.test("a check whose prober is killed is performed by the next one, but not again and again", async () => {
  using scene = new Scene({}, `${READY}read line <&0; kill -9 $$`);
  const probe = { way: "tcp", target: "localhost:1" } as const;
  assertEquals(await scene.outcome(probe), "failed: the prober of health checks has ended meanwhile");
  assertEquals(scene.spawner.count, 2);
});

Deno.test("a prober that cannot run is a failed check with the reason, and is not started all the time", async () => {
  for (const [script, why] of [["exit 1", "it ended before it was ready"], ["", "it cannot be started: "]]) {
    using scene = new Scene({}, script);
    const check = () => scene.outcome({ way: "tcp", target: "localhost:1" });
    const all = await Promise.all(Array.from({ length: 20 }, check));
    for (const text of all) {
      assert(text.startsWith(`failed: the prober of health checks does not run: ${why}`), text);
    }
    assert(scene.spawner.count <= 20 && scene.warnings.length <= 1);
    if (script === "") assertEquals(scene.spawner.count, 1); // the pause is not over
  }
});

Deno.test("a prober without work ends", async () => {
  using scene = new Scene(
    { idleLimit: 10 },
    `${READY}read line <&0; echo '{"said":"result","number":1,"how":"x"}' >&0; exec sleep 1000`,
  );
  assertEquals(await scene.outcome({ way: "tcp", target: "localhost:1" }), "failed: x");
  await until(() => scene.prober.pid === undefined, "the end of the prober");
});
