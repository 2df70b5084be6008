import { assertEquals } from "@std/assert";
import { soon } from "../_patience.ts";
import { type LineSink, LineWriter } from "../../src/log/mod.ts";

const decoder = new TextDecoder();

/** A stream that takes a line when the test lets it. */
class SlowSink implements LineSink {
  written = "";
  #resume: (() => void)[] = [];

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve) =>
      this.#resume.push(() => {
        this.written += decoder.decode(bytes);
        resolve(bytes.length);
      })
    );
  }

  /** Lines are written after the current work. */
  async letThrough(count: number): Promise<void> {
    await turn();
    for (let i = 0; i < count; i++) {
      this.#resume.shift()?.();
      await turn();
    }
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

Deno.test("a line is written after the current work", async () => {
  const sink = new SlowSink();
  const writer = new LineWriter({
    write: (bytes) => {
      sink.written += decoder.decode(bytes);
      return Promise.resolve(bytes.length);
    },
  });
  writer.write("one");
  assertEquals(sink.written, "");
  await turn();
  assertEquals(sink.written, "one\n");
});

Deno.test("lines are written in order", async () => {
  const sink = new SlowSink();
  const writer = new LineWriter(sink);
  writer.write("one");
  writer.write("two");
  await sink.letThrough(2);
  assertEquals(sink.written, "one\ntwo\n");
});

Deno.test("a blocked stream keeps 4096 bytes, and reports that something is missing", async () => {
  const sink = new SlowSink();
  const writer = new LineWriter(sink);
  writer.write("first");
  await turn();
  writer.write("x".repeat(4000));
  writer.write("y".repeat(200));
  writer.write("z");
  await sink.letThrough(4);
  const [first, notice, kept, last] = sink.written.split("\n");
  assertEquals(first, "first");
  assertEquals(notice, "dinit: *** log message discarded due to full buffer ***");
  assertEquals(kept, "x".repeat(4000));
  assertEquals(last, "z");
});

Deno.test("the rest of a partly written line follows", async () => {
  let written = "";
  const byByte: LineSink = {
    write: (bytes) => {
      written += decoder.decode(bytes.subarray(0, 1));
      return Promise.resolve(1);
    },
  };
  const writer = new LineWriter(byByte);
  writer.write("short");
  await writer.flush(1000);
  assertEquals(written, "short\n");
});

Deno.test("a broken stream ends the log and nothing else", async () => {
  let attempts = 0;
  const broken: LineSink = {
    write: () => {
      attempts += 1;
      return Promise.reject(new Deno.errors.BrokenPipe("Broken pipe (os error 32)"));
    },
  };
  const writer = new LineWriter(broken);
  writer.write("lost");
  await writer.flush(1000);
  writer.write("lost too");
  await writer.flush(1000);
  assertEquals(attempts, 1);
});

Deno.test("waiting for a blocked stream ends in time", async () => {
  const writer = new LineWriter(new SlowSink());
  writer.write("stuck");
  await soon(writer.flush(20), "the end of its time");
});

Deno.test("a full stream is tried again, and the rest of the line follows", async () => {
  let written = "";
  const answers: (number | Error)[] = [
    2,
    new Deno.errors.WouldBlock("full"),
    new Deno.errors.Interrupted("signal"),
  ];
  const writer = new LineWriter({
    write: (bytes) => {
      const answer = answers.shift() ?? bytes.length;
      if (answer instanceof Error) return Promise.reject(answer);
      written += decoder.decode(bytes.subarray(0, answer));
      return Promise.resolve(answer);
    },
  });
  writer.write("short");
  await writer.flush(1000);
  assertEquals(written, "short\n");
});

Deno.test("without a stream lines wait; the rest of an interrupted line comes first on the next one", async () => {
  let first = "";
  let second = "";
  let opened = 0;
  const sinks: LineSink[] = [{
    write: (bytes) => {
      if (first !== "") return Promise.reject(new Error("broken"));
      first = decoder.decode(bytes.subarray(0, 2));
      return Promise.resolve(2);
    },
  }, {
    write: (bytes) => {
      second += decoder.decode(bytes);
      return Promise.resolve(bytes.length);
    },
  }];
  const writer: LineWriter = new LineWriter(undefined, {
    reopen: () => Promise.resolve(writer.attach(sinks[opened++])),
  });
  writer.write("one");
  writer.write("two");
  assertEquals(writer.attached, false);
  writer.attach(sinks[opened++]);
  await writer.flush(10_000);
  assertEquals([first, second, writer.attached], ["on", "e\ntwo\n", true]);
});
