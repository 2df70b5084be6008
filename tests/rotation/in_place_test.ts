/** Rotation in place on a real file system, while real processes append to the file. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { archivesOf, InPlaceRotation } from "../../src/rotation/mod.ts";
import { canCollapse } from "../../src/system/collapsible.ts";
import { openLibrary, SystemCallError } from "../../src/system/mod.ts";
import { FileRanges } from "../../src/system/rotating.ts";
import { endOf, outputOf } from "../_processes.ts";
import { needing, rootOnly } from "../_needs.ts";

const WRITERS = 4;
const LINES = 20_000;

const ranges = new FileRanges(openLibrary());
const CAN_COLLAPSE = canCollapse(openLibrary(), Deno.env.get("TMPDIR") ?? "/tmp");

/** The processes that append numbered lines to a file. Each has its own descriptor. */
function writers(path: string): Deno.ChildProcess[] {
  const script =
    `i=0; while [ $i -lt ${LINES} ]; do i=$((i+1)); echo "$0 $i some text of a service"; done >> "$1"`;
  return Array.from(
    { length: WRITERS },
    (_, writer) =>
      new Deno.Command("/bin/sh", { args: ["-c", script, `writer${writer}`, path], stdin: "null" }).spawn(),
  );
}

/** The whole log: the archives from the oldest on, then the file. */
function whole(path: string): string {
  const parts = [...archivesOf(path).reverse().map((archive) => archive.path), path];
  return parts.map((part) => Deno.readTextFileSync(part)).join("");
}

/** Rotates as often as possible while four processes write, and compares everything. */
async function rotateWhileWriting(folder: string): Promise<void> {
  const path = `${folder}/log`;
  Deno.writeTextFileSync(path, "");
  const rotation = new InPlaceRotation(path, { keep: 100_000 }, ranges);
  const processes = writers(path);
  let running = true;
  const ends = Promise.all(processes.map((child) => endOf(child, "a writer"))).then(() => running = false);
  let rotations = 0;
  while (running) {
    if (rotation.rotate() === "rotated") rotations++;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await ends;
  rotation.rotate();
  assert(rotations > 1, `${rotations} rotations`);
  const lines = whole(path).split("\n");
  assertEquals(lines.pop(), "");
  assertEquals(lines.length, WRITERS * LINES);
  for (let writer = 0; writer < WRITERS; writer++) {
    const own = lines.filter((line) => line.startsWith(`writer${writer} `));
    const expected = Array.from(
      { length: LINES },
      (_, index) => `writer${writer} ${index + 1} some text of a service`,
    );
    assertEquals(own, expected);
  }
}

Deno.test({
  ...needing(
    "a rotation in place loses nothing of four writers",
    "a file system that removes ranges",
    CAN_COLLAPSE,
  ),
  fn: async () => {
    const folder = Deno.makeTempDirSync();
    try {
      await rotateWhileWriting(folder);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

Deno.test({
  ...needing("an archive in place has the owner and the mode of the log", "such a file system", CAN_COLLAPSE),
  fn: () => {
    const folder = Deno.makeTempDirSync();
    try {
      const path = `${folder}/log`;
      Deno.writeTextFileSync(path, "x".repeat(10_000), { mode: 0o600 });
      Deno.chmodSync(path, 0o640);
      if (Deno.uid() === 0) Deno.chownSync(path, 12, 34);
      new InPlaceRotation(path, { keep: 7 }, ranges).rotate();
      const [{ mode, uid, gid }, { uid: logUid, gid: logGid }] = [`${path}.1`, path].map((name) =>
        Deno.statSync(name)
      );
      assertEquals([mode! & 0o777, uid, gid], [0o640, logUid, logGid]);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

Deno.test({
  ...needing(
    "a rotation in place that was killed is finished without loss",
    "such a file system",
    CAN_COLLAPSE,
  ),
  fn: () => {
    const folder = Deno.makeTempDirSync();
    try {
      const path = `${folder}/log`;
      const rotation = new InPlaceRotation(path, { keep: 7 }, ranges);
      // Killed during the copy, or before the cut: the head is still in the file.
      for (const copied of ["", "first", "first line\n"]) {
        Deno.writeTextFileSync(path, "first line\nsecond line\n");
        Deno.writeTextFileSync(`${path}.cut~`, copied);
        rotation.repair();
        assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["log"]);
      }
      // Killed after the cut: the copy is the only one.
      Deno.writeTextFileSync(path, "second line\n");
      Deno.writeTextFileSync(`${path}.cut~`, "first line\n");
      rotation.repair();
      assertEquals(whole(path), "first line\nsecond line\n");
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

Deno.test("a file that is shorter than a block is not rotated in place, and what is no file is refused", () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${folder}/log`, "short\n");
    assertEquals(new InPlaceRotation(`${folder}/log`, { keep: 7 }, ranges).rotate(), "small");
    assertThrows(
      () => new InPlaceRotation("/dev/null", { keep: 7 }, ranges).rotate(),
      SystemCallError,
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test({
  ...rootOnly(
    "a rotation in place knows file systems that cannot, and changes nothing there",
    "mounts a tmpfs",
  ),
  fn: async () => {
    const script = `
      import { canCollapse } from "${new URL("../../src/system/collapsible.ts", import.meta.url)}";
      import { openLibrary } from "${new URL("../../src/system/mod.ts", import.meta.url)}";
      import { FileRanges } from "${new URL("../../src/system/rotating.ts", import.meta.url)}";
      import { InPlaceRotation } from "${new URL("../../src/rotation/mod.ts", import.meta.url)}";
      const ranges = new FileRanges(openLibrary());
      const folder = Deno.args[0];
      Deno.writeTextFileSync(folder + "/log", "x".repeat(10_000));
      let failure = "none";
      try {
        new InPlaceRotation(folder + "/log", { keep: 7 }, ranges).rotate();
      } catch (error) {
        failure = error.message;
      }
      const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
      console.log(JSON.stringify([canCollapse(openLibrary(), folder), failure, names, Deno.statSync(folder + "/log").size]));`;
    const folder = Deno.makeTempDirSync();
    try {
      Deno.writeTextFileSync(`${folder}/program.ts`, script);
      Deno.mkdirSync(`${folder}/mount`);
      const mount =
        `mount -t tmpfs none ${folder}/mount && exec ${Deno.execPath()} run --allow-all --no-lock ` +
        `${folder}/program.ts ${folder}/mount`;
      const { stdout, stderr } = await outputOf("unshare", { args: ["--mount", "/bin/sh", "-c", mount] });
      assertEquals(
        JSON.parse(new TextDecoder().decode(stdout) || new TextDecoder().decode(stderr)),
        [false, "its file system cannot cut the head off a file", ["log"], 10_000],
      );
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
