import { assert, assertEquals } from "@std/assert";
import { encodeBytes } from "../../../src/model/mod.ts";
import type { KeptLogOrder } from "../../../src/host/keeping/orders.ts";
import { type Kill, Killed, Life, ORDER, Staged } from "./_staged.ts";

const MOMENTS = ["before", "within", "after"] as const;
const NEWLINE = 10;

/** Numbered lines, one of them long; the last piece ends inside a line. */
const PIECES = [
  Array.from({ length: 4 }, (_, index) => `line ${index}\n`).join("") + "begin",
  `ning of ${"a long line ".repeat(4)}\n`,
  Array.from({ length: 3 }, (_, index) => `more ${index} "quoted" äöü\n`).join(""),
  "the end\nwithout a newline",
];

/** Writes the pieces with programs that are killed as `kills` says; the last one is not. */
function writeAll(staged: Staged, options: Partial<KeptLogOrder>, kills: readonly Kill[]): number {
  const next = [...kills];
  let life = new Life(next.shift());
  let output = staged.output(options, life);
  const calls = () => life.calls;
  for (const piece of [...PIECES, ""]) {
    staged.put(piece);
    for (let done = false; !done;) {
      try {
        output.write();
        done = true;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        life = new Life(next.shift());
        output = staged.output(options, life);
      }
    }
  }
  return calls();
}

function assertWholeLines(files: readonly Uint8Array[]): void {
  for (const file of files.slice(0, -1)) assertEquals(file.at(-1), NEWLINE, "an archive ends inside a line");
}

Deno.test("a keeper that is killed at any call, once or again and again, loses, doubles and cuts nothing", () => {
  const variants: Partial<KeptLogOrder>[] = [{ maxSize: 40 }, { format: "json", maxSize: 150 }];
  for (const options of variants) {
    const expected = (() => {
      using staged = new Staged();
      writeAll(staged, options, []);
      return staged.text();
    })();
    const calls = (() => {
      using staged = new Staged();
      return writeAll(staged, options, []);
    })();
    assert(calls > 10);
    for (let call = 1; call <= calls; call++) {
      for (const moment of MOMENTS) {
        for (const times of [1, 3]) {
          const kills = Array.from({ length: times }, () => ({ call, moment }));
          using staged = new Staged();
          writeAll(staged, options, kills);
          assertEquals(staged.text(), expected, `${JSON.stringify(options)} ${JSON.stringify(kills[0])}`);
          assertWholeLines(staged.files());
          assertEquals(staged.reports, []);
        }
      }
    }
  }
});

Deno.test("a kept log contains exactly the bytes of the service, whatever they are", () => {
  using staged = new Staged();
  const output = staged.output({ maxSize: 20_000 });
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 256);
  staged.put(bytes);
  assertEquals(output.write(), "written");
  const files = staged.files();
  assert(files.length > 4);
  assertWholeLines(files);
  assertEquals(new Uint8Array(files.flatMap((file) => [...file])), bytes);
});

Deno.test("a line of 10 MB passes as a whole, and the stage keeps no memory", () => {
  using staged = new Staged();
  const output = staged.output({ maxSize: 20_000, stamps: "iso" });
  const long = "x".repeat(10 * 1024 ** 2);
  for (const piece of ["before\n", long, "\nafter\n"]) {
    staged.put(piece);
    output.write();
  }
  const stamp = "2026-01-15T12:00:00.000Z ";
  assertEquals(staged.files().map((file) => file.length), [
    stamp.length + 7,
    stamp.length + long.length + 1,
    stamp.length + 6,
  ]);
  assert(staged.memory <= 16_384, `${staged.memory}`);
});

Deno.test("an archive exceeds the limit only by one line, and no file begins before the limit is near", () => {
  for (const options of [{ stamps: "iso" }, { format: "json" }] as const) {
    using staged = new Staged();
    const output = staged.output({ ...options, maxSize: 20_000 });
    staged.put(Array.from({ length: 3000 }, (_, index) => `line ${index}\n`).join(""));
    output.write();
    const archives = staged.files().slice(0, -1);
    assert(archives.length >= 3);
    for (const { length } of archives) assert(length > 19_000 && length <= 20_000, `${length}`);
  }
});

Deno.test("documents contain each line without loss, also where a character is cut in two", () => {
  using staged = new Staged();
  const output = staged.output({ format: "json" });
  const bytes = encodeBytes("ä\u{1f600}\udcff \x00\n");
  for (const byte of bytes) {
    staged.put(Uint8Array.of(byte));
    output.write();
  }
  assertEquals(JSON.parse(staged.text()).text, "ä\u{1f600}\udcff \x00");
});

Deno.test("lines beyond the rate limit are dropped as a whole, counted and reported, also across a kill", () => {
  using staged = new Staged();
  const options = { rateLimit: 2 };
  const output = staged.output(options);
  for (const piece of ["1\n2\n3\n4", "4\n5\n"]) {
    staged.put(piece);
    output.write();
  }
  assert(output.hasDropped);
  const successor = staged.output(options);
  staged.elapsed = 1000;
  assert(successor.hasDropped);
  successor.reportDropped();
  staged.put("6\n");
  successor.write();
  assertEquals(staged.text(), "1\n2\n(dinit-log: 3 lines were dropped: more than 2 a second)\n6\n");
});

Deno.test("output that cannot be written is held up to 1 MB, and what is lost is counted in the log", () => {
  using staged = new Staged();
  Deno.mkdirSync(staged.path); // no file can be opened there
  const output = staged.output({ stamps: "elapsed" });
  staged.put("first\n");
  assertEquals(output.write(), "failed");
  for (let index = 0; index < 40; index++) {
    staged.put(`${`line ${index} `.repeat(10_000)}\n`);
    assertEquals(output.write({ again: true }), "failed");
    output.hold(1024 ** 2);
  }
  assert(staged.memory < 1.1 * 1024 ** 2);
  Deno.removeSync(staged.path);
  assertEquals(output.write({ again: true }), "written");
  const lines = staged.text().trimEnd().split("\n");
  assert(/^ +0\.000 \(dinit-log: \d+ bytes of output were lost: .*directory.*\)$/i.test(lines[0]), lines[0]);
  assert(lines.length > 5 && lines.at(-1)!.startsWith("    0.000 line 39 "), lines.at(-1));
  for (const line of lines) assert(line.startsWith("    0.000 "), line.slice(0, 20));
  assertEquals(staged.reports.length, 2);
  assert(staged.reports[0].startsWith(`cannot write ${staged.path}: `), staged.reports[0]);
  assert(staged.reports[1].startsWith(`${staged.path} is written again; `), staged.reports[1]);
});

Deno.test("the successor of a killed daemon's keeper continues the unfinished line", () => {
  using staged = new Staged();
  Deno.writeTextFileSync(staged.path, "begin");
  const output = staged.output({ stamps: "iso" });
  staged.put("ning\nnext\n");
  output.write();
  assertEquals(staged.text(), "beginning\n2026-01-15T12:00:00.000Z next\n");
});

Deno.test("a rotation that is asked for inside a line waits for its end", async () => {
  using staged = new Staged();
  const output = staged.output();
  staged.put("one\ntw");
  output.write();
  assertEquals(output.rotate(), "");
  staged.put("o\nthree\n");
  output.write();
  assertEquals(staged.files().map((file) => new TextDecoder().decode(file)), ["one\ntwo\n", "three\n"]);
  await output.close({ ended: true });
});

Deno.test("a log that is kept in another way continues with the next byte", async () => {
  using staged = new Staged();
  const output = staged.output();
  staged.put("one\n");
  output.write();
  staged.put("two\n");
  const other = `${staged.folder}/other`;
  await output.change({ ...ORDER, path: other, stamps: "iso" });
  output.write();
  assertEquals(staged.text(), "one\n");
  assertEquals(Deno.readTextFileSync(other), "2026-01-15T12:00:00.000Z two\n");
});
