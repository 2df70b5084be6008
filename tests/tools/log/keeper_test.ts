/** What a log keeper makes of the bytes of a service: files with whole lines, stamps, documents, limits. */

import { assert, assertEquals } from "@std/assert";
import { decodeBytes, encodeBytes } from "../../../src/model/mod.ts";
import { fc } from "../../random.ts";
import { until } from "../../_patience.ts";
import { Kept } from "./_keeper.ts";

const chunks = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 30 });
/** Bytes with short lines and characters of several bytes, cut anywhere. */
const lines = fc.array(
  fc.oneof(
    fc.constantFrom("\n", "a line\n", "ü€😀\n", "é", '"\\', "\0\x01\n", "x".repeat(70)).map(encodeBytes),
    fc.uint8Array({ maxLength: 5 }),
  ),
  { maxLength: 60 },
);

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

Deno.test("files contain exactly the bytes of the service, and archives whole lines, whatever the bytes are", async () => {
  await fc.assert(fc.asyncProperty(fc.oneof(chunks, lines), async (parts) => {
    using kept = new Kept();
    const keeper = kept.keeper({ maxSize: 100 });
    for (const part of parts) keeper.write(part);
    await keeper.close({ ended: true });
    const files = kept.files();
    assertEquals(concatenated(files), concatenated(parts));
    for (const archive of files.slice(0, -1)) assertEquals(archive.at(-1), 10);
    assertEquals(kept.reports, []);
  }));
});

Deno.test("an archive exceeds the limit only by the rest of one line", async () => {
  using kept = new Kept();
  const keeper = kept.keeper({ maxSize: 1000 });
  for (let line = 0; line < 500; line++) keeper.write(encodeBytes(`line ${line}\n`));
  await keeper.close({ ended: true });
  const sizes = kept.files().map(({ length }) => length);
  assert(sizes.length >= 5 && sizes.every((size) => size <= 1000), `${sizes}`);
  assert(sizes.slice(0, -1).every((size) => size > 980), `${sizes}`);
});

Deno.test("a line of 10 MB passes as a whole", async () => {
  using kept = new Kept();
  const keeper = kept.keeper({ maxSize: 1000, stamps: "iso" });
  keeper.write(encodeBytes("before\n"));
  const piece = new Uint8Array(100_000).fill(120);
  for (let count = 0; count < 100; count++) keeper.write(piece);
  keeper.write(encodeBytes("\nafter\n"));
  await keeper.close({ ended: true });
  const [before, long, after] = kept.files();
  assertEquals(decodeBytes(before), "2026-01-15T12:00:00.000Z before\n");
  assertEquals(long.length, "2026-01-15T12:00:00.000Z ".length + 10_000_000 + 1);
  assertEquals(decodeBytes(after), "2026-01-15T12:00:00.000Z after\n");
});

Deno.test("stamps stand at the beginning of each line, and nothing else changes", async () => {
  await fc.assert(fc.asyncProperty(fc.oneof(chunks, lines), async (parts) => {
    using kept = new Kept();
    const keeper = kept.keeper({ stamps: "iso", maxSize: 200 });
    for (const part of parts) {
      keeper.write(part);
      kept.now += 1;
    }
    await keeper.close({ ended: true });
    const text = decodeBytes(concatenated(parts));
    const ended = text === "" || text.endsWith("\n") ? text : `${text}\n`;
    const found = kept.text();
    assertEquals(found.replaceAll(/^2026-01-15T12:00:00\.\d{3}Z /gm, ""), ended);
    for (const line of found.split("\n").slice(0, -1)) assert(/^2026-01-15T12:00:00/.test(line), line);
  }));
});

Deno.test("documents contain each line without loss, also where a character is cut in two", async () => {
  await fc.assert(fc.asyncProperty(fc.oneof(chunks, lines), async (parts) => {
    using kept = new Kept();
    const keeper = kept.keeper({ format: "json", maxSize: 200 });
    for (const part of parts) keeper.write(part);
    await keeper.close({ ended: true });
    const texts = kept.text().split("\n").slice(0, -1).map((line) => JSON.parse(line).text as string);
    const expected = decodeBytes(concatenated(parts)).split("\n");
    if (expected.at(-1) === "") expected.pop();
    assertEquals(texts, expected);
  }));
});

Deno.test("a document tells the time or the seconds since the start, as the option says", async () => {
  using kept = new Kept();
  for (const stamps of ["iso", "elapsed", "no"] as const) {
    const keeper = kept.keeper({ format: "json", stamps });
    kept.elapsed = 1234.5678;
    keeper.write(encodeBytes("one\n"));
    await keeper.close({ ended: true });
  }
  assertEquals(
    kept.text(),
    '{"time":"2026-01-15T12:00:00.000Z","text":"one"}\n{"elapsed":1.234,"text":"one"}\n{"text":"one"}\n',
  );
});

Deno.test("a successor continues an unfinished line without a second stamp", async () => {
  for (
    const [format, expected] of [["text", "S one\nS two\n"], [
      "json",
      '{S,"text":"one"}\n{S,"text":"two"}\n',
    ]] as const
  ) {
    using kept = new Kept();
    for (const part of ["one\ntw", "o\n"]) {
      const keeper = kept.keeper({ format, stamps: "iso" });
      keeper.write(encodeBytes(part));
      await keeper.close({ ended: false });
    }
    assertEquals(kept.text().replaceAll(/("time":")?2026-01-15T12:00:00.000Z"?/g, "S"), expected);
  }
});

Deno.test("archives from the second on are compressed, and the limits remove the oldest", async () => {
  using kept = new Kept();
  const keeper = kept.keeper({ maxSize: 1000, keep: 4, compress: true });
  for (let line = 0; line < 1000; line++) keeper.write(encodeBytes(`line ${line}\n`));
  const expected = ["log", "log.1", "log.2.gz", "log.3.gz", "log.4.gz"];
  await until(() => `${kept.names()}` === `${expected}`, () => `compression: ${kept.names()}`);
  await keeper.close({ ended: true });
  const all = Array.from({ length: 1000 }, (_, line) => `line ${line}\n`).join("");
  assert(all.endsWith(kept.text()) && kept.text().length > 4000);
  assertEquals(kept.reports, []);
});

Deno.test("a limit on the size of all archives removes the oldest", async () => {
  using kept = new Kept();
  const keeper = kept.keeper({ maxSize: 1000, keepSize: 3500 });
  for (let line = 0; line < 1000; line++) keeper.write(encodeBytes(`line ${line}\n`));
  await keeper.close({ ended: true });
  assertEquals(kept.names(), ["log", "log.1", "log.2", "log.3"]);
});

Deno.test("without archives a rotation drops the file", async () => {
  using kept = new Kept();
  const keeper = kept.keeper({ maxSize: 10, keep: 0 });
  for (const line of ["one\n", "two\n", "three\n"]) keeper.write(encodeBytes(line));
  await keeper.close({ ended: true });
  assertEquals([kept.names(), kept.text()], [["log"], "three\n"]);
});

Deno.test("a log is rotated when its time is over, at the next whole line, and never while it is empty", async () => {
  using kept = new Kept();
  const keeper = kept.keeper({ maxAge: 60_000 });
  kept.now += 600_000;
  keeper.write(encodeBytes("a1\n"));
  kept.now += 59_999;
  keeper.write(encodeBytes("a2\na3"));
  kept.now += 1;
  keeper.write(encodeBytes(" end\nb1\n"));
  await keeper.close({ ended: true });
  assertEquals(kept.files().map(decodeBytes), ["a1\na2\na3 end\n", "b1\n"]);
});

Deno.test("the log of an earlier day is rotated before the first line of today", async () => {
  using kept = new Kept();
  Deno.writeTextFileSync(kept.path, "yesterday\n");
  Deno.utimeSync(kept.path, new Date(kept.now - 86_400_000), new Date(kept.now - 86_400_000));
  const keeper = kept.keeper({ maxAge: 86_400_000 });
  keeper.write(encodeBytes("today\n"));
  await keeper.close({ ended: true });
  assertEquals(kept.files().map(decodeBytes), ["yesterday\n", "today\n"]);
});

Deno.test("lines beyond the limit of a second are dropped as a whole, counted and reported in the log", async () => {
  using kept = new Kept();
  const keeper = kept.keeper({ rateLimit: 2 });
  keeper.write(encodeBytes("a1\na2\na3\na"));
  keeper.write(encodeBytes("4\n"));
  kept.elapsed = 1000;
  keeper.write(encodeBytes("b1\nb"));
  kept.elapsed = 2000;
  keeper.write(encodeBytes("2\nc2\nc3\nc4\n"));
  await keeper.close({ ended: true });
  assertEquals(
    kept.text(),
    "a1\na2\n(dinit-log: 2 lines were dropped: more than 2 a second)\nb1\nb2\nc2\nc3\n" +
      "(dinit-log: 1 line was dropped: more than 2 a second)\n",
  );
});

Deno.test("dropped lines are reported when the second is over, also if no other line follows", async () => {
  using kept = new Kept();
  const keeper = kept.keeper({ rateLimit: 1 });
  keeper.write(encodeBytes("a1\na2\n"));
  kept.elapsed = 1000;
  await until(() => kept.text().includes("1 line was dropped"), "the report");
  await keeper.close({ ended: true });
});

Deno.test("an archive that another program has removed leaves room, and one that cannot be renamed loses nothing", async () => {
  using kept = new Kept();
  Deno.mkdirSync(`${kept.path}.1`);
  Deno.writeTextFileSync(`${kept.path}.1/x`, "");
  const keeper = kept.keeper({ maxSize: 10 });
  for (const line of ["one line\n", "two line\n", "three line\n"]) keeper.write(encodeBytes(line));
  await keeper.close({ ended: true });
  assertEquals(kept.text(), "one line\ntwo line\nthree line\n");
  assert(kept.reports[0].startsWith(`cannot rotate ${kept.path}: `), `${kept.reports}`);
});
