/** Requests of somebody who wants to reach the daemon without the token, or to make dinit-web useless. */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ServiceType } from "../../../src/model/mod.ts";
import { WebFailure } from "../../../src/tools/web/failure.ts";
import { LastingServer } from "../../../src/tools/web/lasting_server.ts";
import { listen } from "../../../src/tools/web/listening.ts";
import { FREE, RawServer } from "./_raw.ts";
import { service } from "./_services.ts";
import { HOST, scene, soon, TOKEN } from "./_web.ts";

const SERVICES = "/api/v1/services";
const HEAD = `Host: ${HOST}\r\nAuthorization: Bearer ${TOKEN}\r\n`;
const get = (path: string, head = HEAD) => `GET ${path} HTTP/1.1\r\n${head}\r\n`;
const post = (head: string, body: string) =>
  `POST ${SERVICES}/web/start HTTP/1.1\r\n${HEAD}${head}\r\n\r\n${body}`;

scene("a request whose end is not certain is refused, so that none hides behind another", async (all) => {
  await using server = await RawServer.start(all);
  const hidden = get(`${SERVICES}/hidden`);
  for (
    const text of [
      post("Content-Length: 5\r\nContent-Length: 6", "hello"),
      post(`Content-Length: ${hidden.length}\r\nTransfer-Encoding: chunked`, `0\r\n\r\n${hidden}`),
      post(`Transfer-Encoding: chunked\r\nContent-Length: 4`, `0\r\n\r\n${hidden}`),
      post("Transfer-Encoding: xchunked", `0\r\n\r\n${hidden}`),
      post("Transfer-Encoding : chunked", `0\r\n\r\n${hidden}`),
      post("Content-Length: +5", "hello"),
      post("Content-Length: 0x5", "hello"),
      post(`X: y\r\n Content-Length: 5`, "hello"),
      get("/", `${HEAD}Host: evil.example\r\n`),
      `G\0T / HTTP/1.1\r\n${HEAD}\r\n`,
      `GET \\..\\app.js HTTP/1.1\r\n${HEAD}\r\n`,
      "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
    ]
  ) {
    using connection = await server.send(text);
    const status = await connection.status();
    assert(["400", "closed"].includes(status), `${status} for ${JSON.stringify(text)}`);
    assertEquals(await connection.status(), "closed", text);
  }
  assertEquals(all.manager.calls, []);
  assertEquals(await server.told(get("/") + get("/nothing") + get("/app.js"), 3), "200 404 200");
});

scene("huge and slow requests cost only their own connection", async (all) => {
  await using server = await RawServer.start(all);
  const long = "a".repeat(3_000_000);
  for (
    const text of [
      get("/", `${HEAD}X: ${long}\r\n`),
      get(`/${long}`),
      get("/", HEAD + "X: y\r\n".repeat(20_000)),
    ]
  ) {
    assert(["400", "414", "431", "closed"].includes(await server.told(text)));
  }
  const slow = await Promise.all(Array.from({ length: 50 }, () => server.send("GET / HTTP/1.1\r\nHos")));
  // A body is not awaited: no route needs one.
  using body = await server.send(post("Content-Length: 1000000", "hel"));
  assertEquals(await body.status(), "404");
  assertEquals(await server.told(get("/")), "200");
  await slow[0].send(`t: ${HOST}\r\n\r\n`);
  assertEquals(await slow[0].status(), "200");
  for (const connection of slow) connection[Symbol.dispose]();
});

scene("no path leads out of the page and the interface", async (all) => {
  await using server = await RawServer.start(all);
  for (
    const path of [
      "/../../etc/passwd",
      "/%2e%2e/%2e%2e/etc/passwd",
      "//etc/passwd",
      "/%2fapp.js",
      "/app.js%00",
      "/page/app.js",
      "/src/tools/web/main.ts",
      `${SERVICES}/..%2f..%2fetc%2fpasswd`,
      `${SERVICES}/%zz`,
    ]
  ) assertEquals(await server.told(get(path)), "404", path);
  assertEquals(await server.told(get(`${SERVICES}/\xff`)), "400");
});

scene("an address in the request line and every form of a host are checked", async (all) => {
  await using server = await RawServer.start(all);
  const authorization = `Authorization: Bearer ${TOKEN}\r\n`;
  assertEquals(await server.told(get(`http://evil.example${SERVICES}`)), "421");
  assertEquals(
    await server.told(get(`http://${HOST}${SERVICES}`, `Host: evil.example\r\n${authorization}`)),
    "421",
  );
  for (
    const [host, status] of [
      ["localhost.", "421"],
      ["localhost.:8080", "421"],
      [`${HOST}@evil.example`, "421"],
      [`${HOST}/evil`, "421"],
      ["0x7f.1", "421"],
      ["2130706433", "421"],
      ["[::1]:8080", "200"],
      ["[::1", "421"],
      ["127.0.0.1:99999", "421"],
      [":8080", "421"],
      ["localhost", "200"],
    ]
  ) assertEquals(await server.told(get(SERVICES, `Host: ${host}\r\n${authorization}`)), status, host);
});

scene("a token anywhere else than in its header is no token", async (all) => {
  await using server = await RawServer.start(all);
  const host = `Host: ${HOST}\r\n`;
  for (
    const text of [
      get(`${SERVICES}?token=${TOKEN}&t=${TOKEN}&access_token=${TOKEN}`, host),
      get(SERVICES, `${host}Cookie: token=${TOKEN}; dinit-token=${TOKEN}\r\n`),
      get(SERVICES, `${host}X-Token: ${TOKEN}\r\n`),
      get(SERVICES, `${host}Authorization: Bearer x\r\nAuthorization: Bearer ${TOKEN}\r\n`),
      get(SERVICES, `${host}Proxy-Authorization: Bearer ${TOKEN}\r\n`),
    ]
  ) assertEquals(await server.told(text), "401", text);
});

scene("a server that cannot accept connections begins again, and is reported once", async () => {
  const stop = new AbortController();
  const reports: string[] = [];
  const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let begins = 0;
  const server = new LastingServer({
    signal: stop.signal,
    pause: 1,
    broken: ({ message }) => reports.push(message),
    begin() {
      begins += 1;
      if (begins === 1) return { finished: Promise.reject(new Error("too many open files")) };
      if (begins < 5) throw new Error("still too many");
      begun[0].resolve();
      return { finished: begun[1].promise };
    },
  });
  await soon(begun[0].promise, "the next server");
  assertEquals([reports, begins], [["too many open files"], 5]);
  stop.abort();
  begun[1].resolve();
  await soon(server.finished, "the end");
  assertEquals(begins, 5);
  const impossible = () => {
    throw new WebFailure("no");
  };
  assertThrows(() => new LastingServer({ signal: stop.signal, begin: impossible, broken() {} }), WebFailure);
});

Deno.test("what is at the path of the socket, a port that is taken and bad files of TLS are clear errors", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-web-" });
  const answer = () => Promise.resolve(new Response());
  const broken = (error: Error) => {
    throw error;
  };
  try {
    const refused = async (
      address: Parameters<typeof listen>[0],
      tls: [string, string] | undefined,
      text: string,
    ) => {
      const [tlsCert, tlsKey] = tls ?? [];
      const error = await assertRejects(
        () => listen(address, { tlsCert, tlsKey }, answer, broken),
        WebFailure,
      );
      assert(error.message.includes(text), error.message);
    };
    const unix = (name: string) => ({ kind: "unix", path: `${directory}/${name}` }) as const;
    Deno.writeTextFileSync(`${directory}/file`, "of somebody");
    Deno.symlinkSync(`${directory}/file`, `${directory}/link`);
    Deno.symlinkSync(`${directory}/nothing`, `${directory}/dangling`);
    for (const name of ["file", "link", "dangling"]) {
      await refused(unix(name), undefined, "that is no socket has this");
    }
    assertEquals(Deno.readTextFileSync(`${directory}/file`), "of somebody");
    assertThrows(() => Deno.statSync(`${directory}/nothing`), Deno.errors.NotFound);
    await refused(unix("none/socket"), undefined, "No such file or directory");
    await refused(unix("x".repeat(200)), undefined, "cannot listen on");
    const first = await listen(FREE, { tlsCert: undefined, tlsKey: undefined }, answer, broken);
    const taken = { kind: "tcp", hostname: "127.0.0.1", port: first.port ?? 0, loopback: true } as const;
    await refused(taken, undefined, "Address already in use; choose another port, or 0 for a free one");
    await soon(first.close(), "the end of the server");
    const file = `${directory}/file`;
    await refused(FREE, [`${directory}/nothing`, file], "cannot read the file of --tls-cert");
    await refused(FREE, [file, directory], "cannot read the file of --tls-key");
    await refused(FREE, [file, file], "--tls-cert and --tls-key are not usable");
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

scene(
  "the names of services are data everywhere, whatever characters they have",
  async ({ manager, ask, get }) => {
    const name = `"><img src=x onerror=alert(1)>&'\u2028`;
    manager.overview = [service(name, { type: ServiceType.PROCESS })];
    const steps = { launched: undefined, stopAsked: undefined, ended: undefined, decidedBy: undefined };
    manager.activations = [{ ...steps, name, asked: 0, unblocked: 0, ready: 5 }];
    const { services } = await get(SERVICES) as { services: { name: string }[] };
    assertEquals(services[0].name, name);
    const drawing = await (await ask("/api/v1/chart.svg")).text();
    assert(!drawing.includes("<img") && drawing.includes("&lt;img"), drawing);
    for (const path of [SERVICES, "/nothing<img src=x>", "/api/v1/chart.svg", "/metrics"]) {
      const { headers } = await ask(path);
      assert(!headers.get("content-type")?.startsWith("text/html"), path);
      assertEquals(headers.get("x-content-type-options"), "nosniff");
    }
  },
);
