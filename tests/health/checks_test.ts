/** Checks by connections, against real servers. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Check, Outcome } from "../../src/health/check.ts";
import { httpCheck } from "../../src/health/http_check.ts";
import { tcpCheck } from "../../src/health/tcp_check.ts";
import { SystemCallError } from "../../src/host/mod.ts";
import { soon } from "../_patience.ts";
import { answering, Parts, Server } from "./_servers.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const encoder = new TextEncoder();

/** Performs a check to its end. */
function outcomeOf(check: Check): Promise<Outcome> {
  return soon(check.run(new AbortController().signal), "the check");
}

/** Begins a check, waits until the server is busy with it, and gives it up: everything must be closed then. */
async function given(check: Check, busy: Promise<unknown>): Promise<void> {
  const abort = new AbortController();
  const running = check.run(abort.signal).catch((error) => error);
  await soon(busy, "the server");
  abort.abort();
  await soon(running, "the check that was given up");
}

Deno.test("a check by HTTP sends one request, and the status of the answer decides", async () => {
  using parts = new Parts();
  let request = "";
  let answer = OK;
  await using server = new Server(async (connection) => {
    const bytes = new Uint8Array(4096);
    request = new TextDecoder().decode(bytes.subarray(0, await connection.read(bytes) ?? 0));
    await connection.write(encoder.encode(answer));
  });
  const url = `http://127.0.0.1:${server.port}/healthz?full=1`;
  const check = httpCheck(url, parts);
  assertEquals(check.what, `GET ${url}`);
  assertEquals(await outcomeOf(check), { healthy: true, how: "200" });
  assertMatch(request, /^GET \/healthz\?full=1 HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\n/);
  for (
    const [status, healthy] of [[204, true], [302, true], [399, true], [400, false], [503, false]] as const
  ) {
    answer = `HTTP/1.1 ${status} X\r\nLocation: ${url}\r\nContent-Length: 0\r\n\r\n`;
    assertEquals(await outcomeOf(check), { healthy, how: String(status) });
  }
  assertEquals(server.count, 6); // no redirect was followed
});

Deno.test("a check by HTTP understands a server of the runtime", async () => {
  using parts = new Parts();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(encoder.encode("in chunks"));
            controller.close();
          },
        }),
      ),
  );
  try {
    const check = httpCheck(`http://localhost:${server.addr.port}/`, parts);
    assertEquals(await outcomeOf(check), { healthy: true, how: "200" });
  } finally {
    await server.shutdown();
  }
});

Deno.test("of an endless body only the beginning is read", async () => {
  using parts = new Parts();
  await using server = new Server(async (connection) => {
    await connection.read(new Uint8Array(4096));
    await connection.write(encoder.encode("HTTP/1.1 200 OK\r\n\r\n"));
    for (;;) await connection.write(new Uint8Array(8192)); // until the check closes the connection
  });
  const check = httpCheck(`http://127.0.0.1:${server.port}/`, parts);
  assertEquals(await outcomeOf(check), { healthy: true, how: "200" });
});

Deno.test("a check that is given up while a server is silent, or drips, closes its connection", async () => {
  using parts = new Parts();
  for (const drips of [false, true]) {
    const closed = Promise.withResolvers<void>();
    const busy = Promise.withResolvers<void>();
    await using server = new Server(async (connection) => {
      const buffer = new Uint8Array(4096);
      await connection.read(buffer);
      if (drips) await connection.write(encoder.encode("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx"));
      busy.resolve();
      await connection.read(buffer).catch(() => null);
      closed.resolve();
    });
    await given(httpCheck(`http://127.0.0.1:${server.port}/`, parts), busy.promise);
    await soon(closed.promise, "the end of the connection");
  }
});

Deno.test("a port where nobody listens is refused", async () => {
  using parts = new Parts();
  const { port } = await (async () => {
    await using server = new Server(() => Promise.resolve());
    return { port: server.port };
  })();
  for (const check of [tcpCheck(String(port), parts), httpCheck(`http://127.0.0.1:${port}/`, parts)]) {
    const error = await assertRejects(() => outcomeOf(check), SystemCallError);
    assertEquals([error.call, error.errno], ["connect", 111]);
  }
});

Deno.test("an answer of another program is no answer", async () => {
  using parts = new Parts();
  await using server = new Server(answering("220 mail.example ESMTP\r\n\r\n"));
  assertEquals(await outcomeOf(httpCheck(`http://127.0.0.1:${server.port}/`, parts)), {
    healthy: false,
    how: "the answer is not HTTP/1.1",
  });
});

Deno.test("a check by a connection succeeds by IPv4 and by a Unix socket", async () => {
  using parts = new Parts();
  await using server = new Server(() => Promise.resolve());
  for (const text of [`${server.port}`, `127.0.0.1:${server.port}`, `localhost:${server.port}`]) {
    assertEquals(await outcomeOf(tcpCheck(text, parts)), { healthy: true, how: "connected" }, text);
  }
  const folder = Deno.makeTempDirSync();
  const listener = Deno.listen({ transport: "unix", path: `${folder}/socket` });
  try {
    assertEquals(await outcomeOf(tcpCheck(`unix:${folder}/socket`, parts)), {
      healthy: true,
      how: "connected",
    });
    const error = await assertRejects(
      () => outcomeOf(tcpCheck(`unix:${folder}/none`, parts)),
      SystemCallError,
    );
    assertEquals(error.errno, 2);
  } finally {
    listener.close();
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("checks leave no descriptors open", async () => {
  using parts = new Parts();
  const count = () => [...Deno.readDirSync("/proc/self/fd")].length;
  await using server = new Server(answering(OK));
  const check = httpCheck(`http://127.0.0.1:${server.port}/`, parts);
  await outcomeOf(check);
  const before = count();
  for (let index = 0; index < 20; index++) await outcomeOf(check);
  assertEquals(count() <= before + 1, true); // a connection of the server may not be closed yet
});
