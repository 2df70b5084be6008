/** Streams of facts over real connections, to clients that are lost, that are many, and that do not read. */

import { assert, assertEquals } from "@std/assert";
import { EventLog } from "../../../src/tools/web/event_log.ts";
import { eventStream } from "../../../src/tools/web/event_stream.ts";
import { SCALE } from "../../_scale.ts";
import { RawServer } from "./_raw.ts";
import { soon } from "../../_patience.ts";
import { StreamReader } from "./_stream.ts";

/** A log, and a port where everybody gets its stream. */
async function serve(kept: number) {
  const log = new EventLog(kept);
  const context = { log, isConnected: () => true };
  const server = await RawServer.start({
    handler: (request) =>
      Promise.resolve(new Response(eventStream(context, request.headers.get("last-event-id")))),
  });
  let seq = 0;
  return {
    server,
    add(count: number, text = "") {
      for (let index = 0; index < count; index++) {
        seq += 1;
        log.add({ kind: "fact", seq, origin: 7, document: { kind: "test", seq, text } });
      }
      return seq;
    },
    async open(id?: string): Promise<StreamReader> {
      const headers: HeadersInit = id === undefined ? {} : { "last-event-id": id };
      return new StreamReader(await soon(fetch(`http://127.0.0.1:${server.port}/`, { headers }), "a stream"));
    },
  };
}

Deno.test("a connection that is cut again and again, also within a message, loses no fact and has none twice", async () => {
  const { server, add, open } = await serve(1000);
  await using _server = server;
  add(1);
  const seen: number[] = [1];
  let id = "1.7";
  for (let round = 0; round < Math.ceil(60 * SCALE); round++) {
    const last = add(round % 7, "x".repeat(round * 100));
    const reader = await open(id);
    for (let count = round % 4; count > 0 && seen.length < last;) {
      const message = await reader.next();
      if (message.event === "daemon") continue;
      assertEquals(message.event, "fact");
      seen.push(Number(message.data.seq));
      id = message.id ?? "";
      count -= 1;
    }
    await reader.cut();
  }
  const last = add(1);
  const reader = await open(id);
  while (seen.length < last) {
    const { event, data } = await reader.next();
    if (event === "fact") seen.push(Number(data.seq));
  }
  await reader.cut();
  assertEquals(seen, Array.from({ length: last }, (_, index) => index + 1));
});

Deno.test("of fifty clients one never reads: the others get everything, and nothing is stored up for it", async () => {
  const { server, add, open } = await serve(100);
  await using _server = server;
  using dead = await server.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const readers = await Promise.all(Array.from({ length: 49 }, () => open()));
  for (const reader of readers) assertEquals((await reader.next()).event, "daemon");
  for (let part = 0; part < 3; part++) {
    const first = add(50) - 49;
    await Promise.all(readers.map(async (reader) => {
      for (let seq = first; seq < first + 50; seq++) assertEquals((await reader.next()).data.seq, seq);
    }));
  }
  // More than the buffers of the system hold. Another client shows that the server has had the time to send it.
  const text = "x".repeat(50_000);
  for (let part = 0; part < 7; part++) {
    const last = add(50, text);
    for (let seq = last - 49; seq <= last; seq++) assertEquals((await readers[0].next()).data.seq, seq);
  }
  await Promise.all(readers.map((reader) => reader.cut()));
  // It continues after a gap: what it has not read was not kept for it.
  assert(await dead.reads("event: gap\n"), "the server has stored all facts for a client that does not read");
});
