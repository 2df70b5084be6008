/** Clients that hold connections without a request. */

import { assertEquals } from "@std/assert";
import { needing } from "../../_needs.ts";
import { openLibrary } from "../../../src/system/mod.ts";
import { AcceptedConnections } from "../../../src/system/accepted_connections.ts";
import { listen } from "../../../src/tools/web/listening.ts";
import { NO_TLS, type RawConnection, RawServer } from "./_raw.ts";
import { HOST, scene, soon, StreamReader, TOKEN, until, type WebScene } from "./_web.ts";

const HEAD = `Host: ${HOST}\r\nAuthorization: Bearer ${TOKEN}\r\n`;
const WHOLE = `GET /healthz HTTP/1.1\r\n${HEAD}\r\n`;

/** What such clients send, and the answers that they get before. */
const UNFINISHED: readonly (readonly [text: string, answers: readonly string[]])[] = [
  ["", []],
  ["GE", []],
  ["GET / HTTP/1.1\r\nHos", []],
  [`GET / HTTP/1.1\r\n${HEAD}`, []],
  [WHOLE, ["200"]],
  [`${WHOLE}GET / HTTP/1.1\r\nHos`, ["200"]],
  [`POST /nothing HTTP/1.1\r\n${HEAD}Content-Length: 9\r\n\r\nhalf`, ["404"]],
];
const COUNT = 200;

/** A reader of events, which has no other request and stays. */
async function streamOf(port: number, host = "127.0.0.1"): Promise<StreamReader> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const url = `http://${host}:${port}/api/v1/events`;
  const reader = new StreamReader(await soon(fetch(url, { headers }), "a stream"));
  assertEquals((await reader.next()).event, "daemon");
  return reader;
}

async function readsFact(reader: StreamReader, { facts }: WebScene, service: string): Promise<void> {
  facts.started(service);
  assertEquals((await reader.next()).data.service, service);
}

/** How many connections the server has. */
function openAt({ port }: RawServer): number {
  return new AcceptedConnections(openLibrary()).list(port).length;
}

function closeAll(connections: readonly RawConnection[]): void {
  for (const connection of connections) connection[Symbol.dispose]();
}

scene(
  "connections that never send a whole request end, however far they have come; event streams stay",
  async (all) => {
    await using server = await RawServer.start(all, { slow: { patience: 1000, most: 1000, interval: 20 } });
    const reader = await streamOf(server.port);
    const slow: RawConnection[] = [];
    try {
      for (let index = 0; index < COUNT; index++) {
        slow.push(await server.send(UNFINISHED[index % UNFINISHED.length][0]));
        if (index % 50 === 0) assertEquals(await server.told(WHOLE), "200");
      }
      for (const [index, connection] of slow.entries()) {
        for (const answer of UNFINISHED[index % UNFINISHED.length][1]) {
          assertEquals(await connection.status(), answer);
        }
        assertEquals(await connection.status(), "closed");
      }
      await until(
        () => openAt(server) === 1,
        () => `only the stream; there are ${openAt(server)} connections`,
      );
      await readsFact(reader, all, "web");
      assertEquals(await server.told(WHOLE), "200");
    } finally {
      closeAll(slow);
      await reader.cut();
    }
  },
);

scene(
  "one client cannot lock others out with many connections: the oldest without a request end",
  async (all) => {
    const most = 20;
    await using server = await RawServer.start(all, { slow: { patience: 600_000, most, interval: 20 } });
    const reader = await streamOf(server.port);
    const slow: RawConnection[] = [];
    try {
      for (let index = 0; index < COUNT; index++) {
        slow.push(await server.send("GET / HTTP/1.1\r\nHos"));
        if (index % 50 === 0) assertEquals(await server.told(WHOLE), "200");
      }
      await until(() => openAt(server) <= most + 1, () => `${most} connections; there are ${openAt(server)}`);
      using late = await server.send("GET /healthz HTTP/1.1\r\n");
      await until(() => openAt(server) <= most + 1, "the next look");
      await late.send(`${HEAD}\r\n`);
      assertEquals(await late.status(), "200");
      assertEquals(await slow[0].status(), "closed");
      await readsFact(reader, all, "web");
    } finally {
      closeAll(slow);
      await reader.cut();
    }
  },
);

const withIpv6 = needing("the streams of clients with addresses of IPv6 stay as well", "IPv6", hasIpv6());
scene(withIpv6.name, async (all) => {
  // A port for both has addresses of IPv4 in the form of IPv6.
  for (const [hostname, host] of [["::1", "[::1]"], ["::", "127.0.0.1"]]) {
    const slow = { patience: 1000, most: 1000, interval: 20 };
    const address = { kind: "tcp", hostname, port: 0, loopback: true } as const;
    const server = await listen(address, NO_TLS, all.handler, () => {}, { slow });
    const port = server.port ?? 0;
    const reader = await streamOf(port, host);
    using idle = await Deno.connect({ hostname: host.replace(/[[\]]/g, ""), port });
    assertEquals(await soon(idle.read(new Uint8Array(1)), "its end"), null);
    await readsFact(reader, all, "web");
    await reader.cut();
    await soon(server.close(), "the end of the server");
  }
}, { ignore: withIpv6.ignore });

function hasIpv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}
