/** Reading rotated logs: their last lines, and what is added to them. */

import { assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { addArchive, FollowedLog, InPlaceRotation, tailOf } from "../../src/rotation/mod.ts";
import { canCollapse } from "../../src/system/collapsible.ts";
import { openLibrary } from "../../src/system/mod.ts";
import { FileRanges } from "../../src/system/rotating.ts";
import { fc } from "../random.ts";
import { needing } from "../_needs.ts";

async function tail(path: string, lines: number): Promise<string> {
  let text = "";
  for await (const piece of (await tailOf(path, { lines })).pieces) text += new TextDecoder().decode(piece);
  return text;
}

async function inFolder(use: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-tail-" });
  try {
    await use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The last lines of a text; an unfinished line counts. */
function lastLines(text: string, count: number): string {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return lines.slice(Math.max(0, lines.length - count)).join("");
}

Deno.test("the last lines of a log are found, wherever its archives begin and whether they are compressed", async () => {
  const part = fc.array(fc.constantFrom("\n", "a\n", "bb\n", "ccc", "d\ne\n"), { maxLength: 6 }).map((
    texts,
  ) => texts.join(""));
  await inFolder(async (folder) => {
    let number = 0;
    await fc.assert(fc.asyncProperty(
      fc.array(part, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      fc.oneof(fc.nat(12), fc.constant(Infinity)),
      async (parts, compressed, count) => {
        const path = `${folder}/log${number++}`;
        // Compressed archives end with whole lines.
        const texts = parts.map((text, at) =>
          compressed && at < parts.length - 1 && text !== "" ? `${text.trimEnd()}\n` : text
        );
        for (const [at, text] of texts.entries()) {
          const age = texts.length - 1 - at;
          const isZip = compressed && age > 1;
          const bytes = new TextEncoder().encode(text);
          const name = age === 0 ? path : `${path}.${age}${isZip ? ".gz" : ""}`;
          Deno.writeFileSync(name, isZip ? gzipSync(bytes) : bytes);
        }
        const all = texts.join("");
        // An archive that ends inside a line counts it twice, so a few lines less may come.
        const found = await tail(path, count);
        if (compressed) assertEquals(found, lastLines(all, count));
        else assertEquals(all.endsWith(found), true);
      },
    ));
  });
});

Deno.test("the end of a large log is found without reading all of it", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/log`;
    Deno.writeTextFileSync(path, "first\n");
    Deno.truncateSync(path, 20_000_000_000); // sparse: reading it would take a minute
    Deno.writeTextFileSync(path, "\nbefore\nlast 1\nlast 2\n", { append: true });
    assertEquals(await tail(path, 2), "last 1\nlast 2\n");
  });
});

Deno.test("the lines since a time are found without reading what is older", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/log`;
    const number = (line: Uint8Array) =>
      Number(/^time (\d+)$/.exec(new TextDecoder().decode(line))?.[1] ?? NaN) || undefined;
    // Every tenth line has a time.
    const lines = Array.from(
      { length: 200_000 },
      (_, index) => index % 10 === 0 ? `time ${1 + index}\n` : "more\n",
    );
    Deno.writeTextFileSync(path, lines.join(""));
    Deno.writeTextFileSync(`${path}.1`, "older\n");
    for (const since of [0, 1, 5000, 100_001, 199_991, 1_000_000]) {
      let text = "";
      const { pieces } = await tailOf(path, { lines: Infinity, since, timeOf: number });
      for await (const piece of pieces) text += new TextDecoder().decode(piece);
      const wanted = lines.slice(Math.floor(since / 10) * 10).join("");
      assertEquals(text.endsWith(wanted), true);
      // At most what is read at once comes before the wanted lines, and the archive only if they begin with the file.
      assertEquals(text.length - wanted.length <= 2 * 262_144 + 6, true);
      assertEquals(text.startsWith("older\n"), since < 10_000);
    }
  });
});

Deno.test("a log that does not exist has no lines", async () => {
  await inFolder(async (folder) => {
    assertEquals(await tail(`${folder}/log`, 10), "");
  });
});

/** Everything that can be read now. */
function drain(log: FollowedLog): string {
  let text = "";
  for (let piece = log.next(); piece.length > 0; piece = log.next()) text += new TextDecoder().decode(piece);
  return text;
}

Deno.test("a followed log continues after rotations, also after several between two reads, and after truncation", async () => {
  await inFolder((folder) => {
    const path = `${folder}/log`;
    using log = new FollowedLog(path);
    const append = (text: string) => Deno.writeTextFileSync(path, text, { append: true });
    const rotate = () => Deno.renameSync(path, addArchive(path));
    assertEquals(drain(log), "");
    append("one\n");
    assertEquals(drain(log), "one\n");
    append("two\n");
    rotate();
    assertEquals(drain(log), "two\n");
    append("three\n");
    assertEquals(drain(log), "three\n");
    for (const text of ["four\n", "five\n", "six\n"]) {
      append(text);
      rotate();
    }
    append("seven\n");
    assertEquals(drain(log), "four\nfive\nsix\nseven\n");
    Deno.truncateSync(path);
    append("x\n");
    assertEquals(drain(log), "x\n");
    Deno.removeSync(path);
    append("another\n");
    assertEquals(drain(log), "another\n");
  });
});

Deno.test("a followed log continues where the history ended, also if it was rotated meanwhile", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/log`;
    Deno.writeTextFileSync(path, "old\n");
    const { end } = await tailOf(path, { lines: 1 });
    Deno.writeTextFileSync(path, "new\n", { append: true });
    Deno.renameSync(path, addArchive(path));
    Deno.writeTextFileSync(path, "newest\n");
    using log = new FollowedLog(path, end);
    assertEquals(drain(log), "new\nnewest\n");
  });
});

Deno.test("what is written after the end of a log was found belongs to the follower alone", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/log`;
    for (const [before, rotated] of [["", false], ["before\n", false], ["before\n", true]] as const) {
      Deno.writeTextFileSync(path, before);
      const { pieces, end } = await tailOf(path, { lines: 10 });
      Deno.writeTextFileSync(path, "after\n", { append: true });
      if (rotated) {
        Deno.renameSync(path, addArchive(path));
        Deno.writeTextFileSync(path, "");
      }
      let history = "";
      for await (const piece of pieces) history += new TextDecoder().decode(piece);
      using log = new FollowedLog(path, end);
      assertEquals([history, drain(log)], [before, "after\n"]);
    }
  });
});

const ranges = new FileRanges(openLibrary());

Deno.test({
  ...needing(
    "a followed log continues at the same line when its head is cut off",
    "a file system that removes ranges",
    canCollapse(openLibrary(), Deno.env.get("TMPDIR") ?? "/tmp"),
  ),
  fn: async () => {
    await inFolder((folder) => {
      const path = `${folder}/log`;
      const rotation = new InPlaceRotation(path, { keep: 7 }, ranges);
      using log = new FollowedLog(path);
      let line = 0;
      let expected = "";
      const append = (count: number) => {
        const text = Array.from({ length: count }, () => `line ${++line}\n`).join("");
        Deno.writeTextFileSync(path, text, { append: true });
        expected += text;
      };
      let found = "";
      for (const rotations of [1, 2, 1]) {
        append(2000);
        found += drain(log);
        for (let count = 0; count < rotations; count++) {
          rotation.rotate();
          append(10);
        }
        found += drain(log);
      }
      assertEquals(found, expected);
    });
  },
});
