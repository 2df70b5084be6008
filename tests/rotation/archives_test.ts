/** The archives of a log, when the program that rotates it is killed. */

import { assertEquals } from "@std/assert";
import { addArchive, archivesOf } from "../../src/rotation/mod.ts";

class Killed extends Error {}

/** Does something until its `step`th change of the file system, before which the program is killed. False: it is done earlier. */
function killedBefore(step: number, work: () => void): boolean {
  const { renameSync, removeSync } = Deno;
  let count = 0;
  const counted = <Arguments extends unknown[]>(change: (...args: Arguments) => void) => {
    return (...args: Arguments) => {
      if (count++ === step) throw new Killed();
      change(...args);
    };
  };
  Deno.renameSync = counted(renameSync);
  Deno.removeSync = counted(removeSync);
  try {
    work();
    return false;
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return true;
  } finally {
    Object.assign(Deno, { renameSync, removeSync });
  }
}

Deno.test("a program that is killed at any step of a rotation loses and doubles no archive", () => {
  for (let step = 0, killed = true; killed; step++) {
    const folder = Deno.makeTempDirSync();
    try {
      const log = `${folder}/web.log`;
      // A compressor was killed before it could remove the second archive.
      const files = {
        "": "file",
        ".1": "newest",
        ".2": "newer",
        ".2.gz": "newer",
        ".3.gz": "old",
        ".4": "older",
      };
      for (const [suffix, text] of Object.entries(files)) Deno.writeTextFileSync(`${log}${suffix}`, text);
      killed = killedBefore(step, () => Deno.renameSync(log, addArchive(log)));
      // The next program rotates again.
      Deno.writeTextFileSync(`${log}`, killed ? "file" : "next");
      Deno.renameSync(log, addArchive(log));
      const texts = archivesOf(log).map(({ path }) => Deno.readTextFileSync(path));
      assertEquals(
        texts,
        [...killed ? [] : ["next"], "file", "newest", "newer", "old", "older"],
        `step ${step}`,
      );
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  }
});
