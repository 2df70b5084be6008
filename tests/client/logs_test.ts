/** The output of services, read piece by piece. */

import { assertEquals, assertRejects } from "@std/assert";
import { type LogPiece, type LogPosition, NoLogError, NotLoadedError } from "../../src/client/library.ts";
import type { BufferReading } from "../../src/model/mod.ts";
import { type FakeManager, scene, soon, STARTED, until } from "./_library.ts";

/** A buffer of 16 bytes. */
class Buffer {
  bytes: Uint8Array = new Uint8Array();
  end = 0;

  constructor(manager: FakeManager) {
    manager.script.bufferedLog = (_, reading) => this.#read(reading);
  }

  write(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.end += bytes.length;
    this.bytes = Uint8Array.from([...this.bytes, ...bytes]).slice(-16);
  }

  #read({ after = 0, clear = false }: BufferReading = {}) {
    const start = this.end - this.bytes.length;
    const bytes = this.bytes.slice(Math.max(0, after - start));
    if (clear) this.bytes = new Uint8Array();
    return { bytes, end: this.end };
  }
}

const text = ({ bytes }: LogPiece) => new TextDecoder().decode(bytes);

async function only(pieces: AsyncIterable<LogPiece>): Promise<LogPiece[]> {
  return await soon(Array.fromAsync(pieces), "the log");
}

scene(
  "a log is what the daemon keeps, and continues where the last read ended",
  async ({ library, manager }) => {
    manager.add("web", STARTED);
    const buffer = new Buffer(manager);
    const web = library.service("web");
    assertEquals(await only(web.logs()), []);
    buffer.write("hello\n");
    const [first] = await only(web.logs());
    assertEquals([text(first), first.lost, first.replaced], ["hello\n", 0, false]);
    buffer.write("more\n");
    const since: LogPosition = JSON.parse(JSON.stringify(first.position));
    const [second] = await only(web.logs({ since }));
    assertEquals([text(second), second.position.offset], ["more\n", 11]);
    assertEquals(await only(web.logs({ since: second.position })), []);
  },
);

scene("a log reports how much was overwritten before it could be read", async ({ library, manager }) => {
  manager.add("web", STARTED);
  const buffer = new Buffer(manager);
  buffer.write("0123456789");
  const [first] = await only(library.service("web").logs());
  buffer.write("abcdefghijklmnopqrst");
  const [second] = await only(library.service("web").logs({ since: first.position }));
  assertEquals([text(second), second.lost], ["efghijklmnopqrst", 4]);
});

scene("a different log begins at its start", async ({ library, manager }) => {
  manager.add("web", STARTED);
  new Buffer(manager).write("new");
  const since = { generation: 3, offset: 1000 };
  const [piece] = await only(library.service("web").logs({ since }));
  assertEquals([text(piece), piece.lost, piece.replaced], ["new", 0, true]);
});

scene("a followed log continues with new output, and lets others reload", async ({ library, manager }) => {
  manager.add("web", STARTED);
  const buffer = new Buffer(manager);
  buffer.write("a");
  const pieces = library.service("web").logs({ follow: true });
  assertEquals(text((await soon(pieces.next(), "a piece")).value!), "a");
  await until(() => manager.listenerCount === 0, "the handle to be closed");
  const waiting = pieces.next();
  buffer.write("b");
  assertEquals(text((await soon(waiting, "a piece")).value!), "b");
  await pieces.return();
});

scene("a signal ends a followed log with its reason", async ({ library, manager }) => {
  manager.add("web", STARTED);
  new Buffer(manager);
  const enough = new AbortController();
  const waiting = library.service("web").logs({ follow: true, signal: enough.signal }).next();
  await until(() => manager.calls.some((call) => call.startsWith("bufferedLog")), "a look");
  enough.abort(new Error("enough"));
  await assertRejects(() => soon(waiting, "the end"), Error, "enough");
});

scene("a service without a buffer, and one that is not loaded, have no log", async ({ library, manager }) => {
  manager.add("web", STARTED);
  const error = await assertRejects(() => only(library.service("web").logs()), NoLogError);
  assertEquals([error.service, error.logFile], ["web", undefined]);
  await assertRejects(() => only(library.service("none").logs()), NotLoadedError);
});
