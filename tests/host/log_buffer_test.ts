import { assert, assertEquals } from "@std/assert";
import { fc } from "../random.ts";
import { BufferFile, type BufferMarks, BufferMemory } from "../../src/host/output/buffer_storage.ts";
import { LogBuffer } from "../../src/host/output/log_buffer.ts";
import { Files, MemoryFiles, openLibrary } from "../../src/system/mod.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (buffer: LogBuffer) => new TextDecoder().decode(buffer.contents().bytes);

Deno.test("a full buffer keeps the last bytes", () => {
  const buffer = new LogBuffer(10);
  buffer.append(bytes("12345678"));
  buffer.append(bytes("90ab"));
  buffer.append(bytes("cd"));
  assertEquals(text(buffer), "34567890abcd".slice(-10));
});

Deno.test("a buffer that was cleared takes output again", () => {
  const buffer = new LogBuffer(4);
  buffer.append(bytes("full"));
  buffer.clear();
  buffer.append(bytes("new"));
  assertEquals(text(buffer), "new");
});

Deno.test("a restart is marked after older output, on a separate line", () => {
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

Deno.test("a mark that would need more than half of the buffer is omitted", () => {
  const buffer = new LogBuffer(65);
  buffer.append(bytes("ab\n"));
  buffer.markRestart();
  assertEquals(text(buffer), "ab\n");
});

Deno.test("for any output, the buffer holds its end and no more than its size", () => {
  fc.assert(fc.property(fc.nat(200), fc.array(fc.uint8Array({ maxLength: 50 })), (size, chunks) => {
    const buffer = new LogBuffer(size);
    let all = new Uint8Array(0);
    for (const chunk of chunks) {
      buffer.append(chunk);
      all = Uint8Array.of(...all, ...chunk);
      const kept = all.subarray(Math.max(0, all.length - size));
      assertEquals(buffer.contents(), { bytes: kept, end: all.length });
    }
  }));
});

Deno.test("a reader that asks for new output misses only overwritten or cleared output", () => {
  const step = fc.oneof(fc.uint8Array({ maxLength: 50 }), fc.constant("clear" as const));
  fc.assert(fc.property(fc.nat(100), fc.array(step), (size, steps) => {
    const buffer = new LogBuffer(size);
    let read = 0;
    let written = 0;
    for (const chunk of steps) {
      if (chunk === "clear") buffer.clear();
      else buffer.append(chunk);
      const added = chunk === "clear" ? new Uint8Array(0) : chunk;
      written += added.length;
      const part = buffer.contents(read);
      assertEquals(part, { bytes: added.subarray(Math.max(0, added.length - size)), end: written });
      read = part.end;
    }
  }));
});

Deno.test("a buffer without output uses no memory, and one with little output uses little", () => {
  const before = Deno.memoryUsage().external + Deno.memoryUsage().heapUsed;
  const buffers = Array.from({ length: 200 }, () => new LogBuffer(1_000_000));
  for (const buffer of buffers) buffer.append(bytes("a line\n"));
  const after = Deno.memoryUsage().external + Deno.memoryUsage().heapUsed;
  assertEquals(buffers.length, 200);
  assert(after - before < 20_000_000, `${after - before} bytes`);
});

/** The next call after the allowed ones is a fault. */
class FaultyStorage extends BufferMemory {
  calls: number;
  marks = { first: 0, end: 0, origin: 0 };

  constructor(size: number, calls: number) {
    super(size);
    this.calls = calls;
  }

  #call(): void {
    if (this.calls-- <= 0) throw new Error("fault");
  }

  override write(bytes: Uint8Array<ArrayBuffer>, place: number): void {
    this.#call();
    super.write(bytes, place);
  }

  override mark(marks: BufferMarks): void {
    this.#call();
    this.marks = marks;
  }

  override clear(): void {
    this.#call();
    super.clear();
  }
}

Deno.test("after a fault between any two calls, a buffer holds only right bytes at right offsets", () => {
  const step = fc.oneof(fc.uint8Array({ maxLength: 30 }), fc.constant("clear" as const));
  fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(60), fc.array(step), (size, calls, steps) => {
    const storage = new FaultyStorage(size, calls);
    const buffer = new LogBuffer(size, storage);
    let all = new Uint8Array(0);
    try {
      for (const step of steps) {
        if (step === "clear") {
          buffer.clear();
          if (all.length % 2 === 0) buffer.free();
        } else {
          all = Uint8Array.of(...all, ...step);
          buffer.append(Uint8Array.from(step));
        }
      }
    } catch (error) {
      assertEquals((error as Error).message, "fault");
    }
    const { bytes, end } = new LogBuffer(size, storage, storage.marks).contents();
    assertEquals(bytes, all.subarray(end - bytes.length, end));
  }));
});

Deno.test("a buffer in a file is found again with its bytes and offsets, and another file is refused", () => {
  const library = openLibrary();
  const memory = new MemoryFiles(library);
  const fd = memory.create("a test");
  try {
    assertEquals(new BufferFile(memory, fd, 10).marks(), undefined);
    const buffer = new LogBuffer(10, new BufferFile(memory, fd, 10));
    for (const part of ["12345678", "90ab", "cd"]) buffer.append(bytes(part));
    const inFile = (cleared?: number) => {
      const storage = new BufferFile(memory, fd, 10);
      return new LogBuffer(10, storage, storage.marks(), cleared);
    };
    assertEquals([text(inFile()), inFile().contents().end], ["567890abcd".slice(-10), 14]);
    buffer.clear();
    assertEquals([text(buffer), buffer.cleared], ["", 14]);
    assertEquals(text(inFile()), "567890abcd".slice(-10)); // it is not yet known that the client has them
    assertEquals(text(inFile(14)), "");
    buffer.free();
    assertEquals([text(inFile()), inFile().contents().end], ["", 14]);
    assertEquals(new BufferFile(memory, fd, 11).marks(), undefined);
  } finally {
    new Files(library).close(fd);
  }
});
