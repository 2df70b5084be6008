/** The stream of facts for browsers and programs. */

import { assert, assertEquals } from "@std/assert";
import { DaemonLink } from "../../../src/tools/web/daemon_link.ts";
import { eventId, EventLog } from "../../../src/tools/web/event_log.ts";
import { eventStream } from "../../../src/tools/web/event_stream.ts";
import { scene, soon, type StreamMessage, StreamReader, until, type WebScene } from "./_web.ts";

const PATH = "/api/v1/events";

async function open({ ask }: Pick<WebScene, "ask">, id?: string): Promise<StreamReader> {
  const response = await ask(PATH, { headers: { "last-event-id": id } });
  assertEquals([response.status, response.headers.get("content-type")], [
    200,
    "text/event-stream; charset=utf-8",
  ]);
  return new StreamReader(response);
}

/** The next message that is no news of the connection. */
async function fact(reader: StreamReader): Promise<StreamMessage> {
  for (;;) {
    const message = await reader.next();
    if (message.event !== "daemon") return message;
  }
}

scene("a stream has the facts of the daemon from now on, with their numbers", async (all) => {
  const { facts, heard } = all;
  facts.started("before");
  await heard(1);
  const reader = await open(all);
  assertEquals(await reader.next(), { id: undefined, event: "daemon", data: { connected: true } });
  facts.started("web", 42);
  facts.starting("db");
  const [first, second] = [await reader.next(), await reader.next()];
  assertEquals([first.event, first.data.kind, first.data.service, first.data.seq], [
    "fact",
    "started",
    "web",
    2,
  ]);
  assertEquals([second.data.kind, second.data.service], ["phase", "db"]);
  assertEquals(first.id?.split(".")[0], "2");
  await reader.cut();
});

scene("a stream that is cut again and again loses no fact and has none twice", async (all) => {
  const { facts, heard } = all;
  const seen: unknown[] = [];
  let id: string | undefined;
  facts.started("web");
  await heard(1);
  let reader = await open(all, "0");
  for (let round = 0; round < 40; round++) {
    for (let count = 0; count < 3; count++) facts.others(1);
    for (let count = round % 5; count > 0; count--) {
      const message = await fact(reader);
      assertEquals(message.event, "fact");
      seen.push(message.data.seq);
      id = message.id;
    }
    await reader.cut();
    reader = await open(all, id ?? "0");
  }
  while (seen.length < 121) seen.push((await fact(reader)).data.seq);
  await reader.cut();
  assertEquals(seen, Array.from({ length: 121 }, (_, index) => index + 1));
});

scene("a reader that falls behind continues after a gap with what is kept", async (all) => {
  const { facts, heard } = all;
  facts.started("web");
  await heard(1);
  const reader = await open(all, "0");
  const { id } = await fact(reader);
  for (let count = 0; count < 30; count++) facts.others(1);
  await heard(31);
  assertEquals((await fact(reader)).event, "gap");
  const seen: unknown[] = [];
  while (seen.length < 10) seen.push((await fact(reader)).data.seq);
  assertEquals(seen, Array.from({ length: 10 }, (_, index) => 22 + index));
  await reader.cut();
  const late = await open(all, id);
  assertEquals((await fact(late)).event, "gap");
  assertEquals((await fact(late)).data.seq, 22);
  await late.cut();
}, { kept: 10 });

scene("an id of another daemon leads to a gap, and a text that is no id to an error", async (all) => {
  all.facts.started("web");
  await all.heard(1);
  for (const id of ["1.5", "900", `7.${Math.trunc(performance.timeOrigin)}`]) {
    const reader = await open(all, id);
    assertEquals((await fact(reader)).event, "gap", id);
    assertEquals((await fact(reader)).data.service, "web");
    await reader.cut();
  }
  for (const id of ["x", "1.2.3", "-1", "1e3"]) {
    const response = await all.ask(PATH, { headers: { "last-event-id": id } });
    assertEquals([response.status, (await response.json()).error.code], [400, "bad-event-id"], id);
  }
});

scene("an id still counts after dinit-web was started again", async (all) => {
  const { facts, path, heard } = all;
  for (const name of ["a", "b", "c"]) facts.started(name);
  await heard(3);
  const reader = await open(all, "0");
  const { id } = await fact(reader);
  await reader.cut();
  const log = new EventLog();
  const link = new DaemonLink(path, log);
  await link.open();
  try {
    await until(() => log.end === 3, "the facts that the daemon keeps");
    const body = eventStream({ log, isConnected: () => true }, id ?? "");
    const again = new StreamReader(new Response(body));
    assertEquals([(await fact(again)).data.service, (await fact(again)).data.service], ["b", "c"]);
    await again.cut();
  } finally {
    await link.close();
  }
});

scene("a lost connection to the daemon is told, made again, and loses no fact", async (all) => {
  const { facts, link, ask, get } = all;
  const reader = await open(all);
  assertEquals((await reader.next()).data, { connected: true });
  link.connection.client.close();
  assertEquals((await reader.next()).data, { connected: false });
  const response = await ask("/api/v1/services");
  assertEquals([response.status, (await response.json()).error.code], [503, "no-daemon"]);
  assert((await (await ask("/metrics")).text()).includes("dinit_up 0\n"));
  facts.started("meanwhile");
  assertEquals((await reader.next()).data, { connected: true });
  assertEquals((await reader.next()).data.service, "meanwhile");
  await get("/api/v1/services");
  await reader.cut();
});

Deno.test("fifty readers each get every fact, and one that never reads costs nothing", async () => {
  const log = new EventLog(100);
  const context = { log, isConnected: () => true };
  const dead = eventStream(context, null);
  const readers = Array.from(
    { length: 50 },
    () => new StreamReader(new Response(eventStream(context, null))),
  );
  for (const reader of readers) await reader.next();
  for (let seq = 1; seq <= 300; seq++) {
    log.add({ kind: "fact", seq, origin: 7, document: { kind: "test", seq } });
    for (const reader of readers) assertEquals((await reader.next()).data.seq, seq);
  }
  const late = new StreamReader(new Response(dead));
  const messages = [await late.next(), await late.next(), await late.next()];
  assertEquals(messages.map(({ event }) => event), ["daemon", "gap", "fact"]);
  assertEquals(messages[2].data.seq, 201);
  assertEquals(messages[2].id, eventId({ seq: 201, origin: 7 }));
  await Promise.all([late, ...readers].map((reader) => reader.cut()));
});

Deno.test("a reader that waits can go away at any time", async () => {
  const reader = new StreamReader(
    new Response(eventStream({ log: new EventLog(), isConnected: () => true }, null)),
  );
  await reader.next();
  const waiting = reader.next().catch((error) => error);
  await reader.cut();
  assert(await soon(waiting, "the end of the wait") instanceof Error);
});
