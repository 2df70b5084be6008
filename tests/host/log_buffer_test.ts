import { assertEquals } from "@std/assert";
import { fc } from "../random.ts";
import { LogBuffer } from "../../src/host/log_buffer.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (buffer: LogBuffer) => new TextDecoder().decode(buffer.contents());

Deno.test("the buffer keeps the first bytes and drops the rest", () => {
  const buffer = new LogBuffer(10);
  buffer.append(bytes("12345678"));
  buffer.append(bytes("90ab"));
  buffer.append(bytes("cd"));
  assertEquals(text(buffer), "1234567890");
});

Deno.test("clearing makes room again", () => {
  const buffer = new LogBuffer(4);
  buffer.append(bytes("full"));
  buffer.clear();
  buffer.append(bytes("new"));
  assertEquals(text(buffer), "new");
});

Deno.test("a restart is marked behind older output, on a line of its own", () => {
  const empty = new LogBuffer(100);
  empty.markRestart();
  assertEquals(text(empty), "");
  const half = new LogBuffer(100);
  half.append(bytes("half"));
  half.markRestart();
  assertEquals(text(half), "half\n(dinit: note: service restarted)\n");
  const whole = new LogBuffer(100);
  whole.append(bytes("whole\n"));
  whole.markRestart();
  assertEquals(text(whole), "whole\n(dinit: note: service restarted)\n");
});

Deno.test("a mark that does not fit is left out", () => {
  const buffer = new LogBuffer(36);
  buffer.append(bytes("ab\n"));
  buffer.markRestart();
  assertEquals(text(buffer), "ab\n");
});

Deno.test("whatever comes in, the buffer holds its beginning and no more than its size", () => {
  fc.assert(fc.property(fc.nat(200), fc.array(fc.uint8Array({ maxLength: 50 })), (size, chunks) => {
    const buffer = new LogBuffer(size);
    for (const chunk of chunks) buffer.append(chunk);
    const all = Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
    assertEquals(buffer.contents(), all.subarray(0, size));
  }));
});
