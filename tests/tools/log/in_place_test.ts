/** `dinit log --in-place`: what it rotates, and what it refuses in folders where others can add files. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { canCollapse } from "../../../src/system/collapsible.ts";
import { openLibrary } from "../../../src/system/mod.ts";
import { needing, rootOnly } from "../../_needs.ts";
import { runDinit } from "../../e2e/_dinit.ts";

const CAN_COLLAPSE = canCollapse(openLibrary(), Deno.env.get("TMPDIR") ?? "/tmp");
const OTHER = 1;

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-in-place-" });
  try {
    await use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const rotate = (path: string, ...options: string[]) => runDinit(["log", "--in-place", ...options, path]);

Deno.test({
  ...needing(
    "a file is rotated if it has the size, and the result is printed",
    "such a file system",
    CAN_COLLAPSE,
  ),
  fn: () =>
    inFolder(async (folder) => {
      const log = `${folder}/log`;
      Deno.writeTextFileSync(log, "x".repeat(20_000));
      assertEquals((await rotate(log)).stdout, "small\n");
      assertEquals((await rotate(log, "--max-size=20000")).stdout, "rotated\n");
      Deno.writeTextFileSync(log, "y".repeat(20_000), { append: true });
      assertEquals((await rotate(log, "--max-size=0")).stdout, "rotated\n");
      const names = Array.from(Deno.readDirSync(folder), ({ name }) => name);
      assertEquals(names.sort(), ["log", "log.1", "log.2.gz"]);
      const missing = await rotate(`${folder}/none`);
      assertEquals([missing.code, missing.stderr], [
        1,
        `dinit-log: cannot rotate ${folder}/none: No such file or directory\n`,
      ]);
    }),
});

Deno.test({
  ...rootOnly(
    "in a folder of others no link is followed, neither of the log nor of what is left behind",
    "changes owners",
    CAN_COLLAPSE,
  ),
  fn: () =>
    inFolder(async (folder) => {
      Deno.mkdirSync(`${folder}/of-other`);
      Deno.chownSync(`${folder}/of-other`, OTHER, OTHER);
      const target = `${folder}/target`;
      Deno.writeTextFileSync(target, "t".repeat(20_000), { mode: 0o600 });
      const [link, log] = [`${folder}/of-other/link`, `${folder}/of-other/log`];
      Deno.symlinkSync(target, link);
      assertStringIncludes((await rotate(link, "--max-size=0")).stderr, "Too many levels of symbolic links");

      Deno.writeTextFileSync(log, "x".repeat(20_000));
      Deno.chownSync(log, OTHER + 1, OTHER);
      assertStringIncludes((await rotate(log, "--max-size=0")).stderr, `it belongs to user ${OTHER + 1}`);
      assertEquals((await rotate(log, "--max-size=0", `--owner=${OTHER + 1}`)).stdout, "rotated\n");

      // The names of unfinished files lead to a file of root.
      Deno.symlinkSync(target, `${log}.gz~`);
      Deno.writeTextFileSync(log, "y".repeat(20_000), { append: true });
      assertEquals((await rotate(log, "--max-size=0", `--owner=${OTHER + 1}`)).stdout, "rotated\n");
      Deno.symlinkSync(target, `${log}.cut~`);
      const { code, stderr } = await rotate(log, "--max-size=0", `--owner=${OTHER + 1}`);
      assertEquals(code, 1);
      assertStringIncludes(stderr, `${log}.cut~ is no file of this log: remove it`);
      assertEquals(Deno.readTextFileSync(target), "t".repeat(20_000));
      const { uid, mode } = Deno.statSync(target);
      assertEquals([uid, (mode ?? 0) & 0o777], [0, 0o600]);
      assertEquals(Deno.lstatSync(`${log}.2.gz`).uid, OTHER + 1);
    }),
});
