/** The journal as a file: who may have it, which file is trusted, and what remains after a kill or on a full disk. */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { outputOf } from "../_processes.ts";
import { rootOnly } from "../_needs.ts";
import { JournalInUseError, ProcessJournal } from "../../src/host/mod.ts";
import { beside, clock, place, record, recording, runProgram, services, until } from "./_journal.ts";

/** What a journal in that place warns of. */
function warningsAt(path: string): string[] {
  const warnings: string[] = [];
  const journal = recording(path, warnings);
  record(journal, 11, "store");
  journal.remove();
  return warnings;
}

Deno.test("one journal has one daemon", () => {
  using file = place();
  const warn = (text: string) => assert(false, text);
  const journal = recording(file.path);
  const error = assertThrows(() => new ProcessJournal(file.path, { clock, warn }), JournalInUseError);
  assertStringIncludes(error.text, `"pid":${Deno.pid}`);
  journal.remove();
  recording(file.path).remove();
});

Deno.test("one journal has one daemon also after a compaction", async () => {
  using file = place();
  const journal = recording(file.path);
  for (let pid = 2; pid < 5000; pid++) {
    record(journal, pid, "short-lived");
    journal.ended(pid);
  }
  await Promise.resolve();
  assertThrows(() => new ProcessJournal(file.path, { clock, warn: () => {} }), JournalInUseError);
  journal.remove();
});

Deno.test("a journal that others could have written is ignored", () => {
  using file = place();
  const told = JSON.stringify({ format: "dinit processes", version: 2, pid: 1 });
  Deno.writeTextFileSync(file.path, told);
  Deno.chmodSync(file.path, 0o620);
  const [warning] = warningsAt(file.path);
  assertStringIncludes(warning, `${file.path} is ignored: others can write to it`);
  assertEquals(Deno.readTextFileSync(file.path), told);
});

Deno.test({
  ...rootOnly(
    "a journal of another user is ignored, also in a folder where everybody may add files",
    "makes files of another user",
  ),
  fn() {
    using file = place();
    Deno.chmodSync(file.folder, 0o1777);
    Deno.writeTextFileSync(file.path, "precious");
    Deno.chownSync(file.path, 65534, 65534);
    const [warning] = warningsAt(file.path);
    assertStringIncludes(warning, "it belongs to user 65534");
    assertEquals(Deno.readTextFileSync(file.path), "precious");
  },
});

Deno.test("nothing is read or written through a link, a named pipe or a folder", async () => {
  using file = place();
  const precious = `${file.folder}/precious`;
  Deno.writeTextFileSync(precious, "precious");
  for (const make of ["ln -s precious s.processes", "mkfifo s.processes", "mkdir s.processes"]) {
    await outputOf("sh", { args: ["-c", make], cwd: file.folder });
    assertStringIncludes(warningsAt(file.path).join(), "it is not a regular file", make);
    Deno.removeSync(file.path);
  }
  // Where the new contents are written before they take the place of the old ones.
  Deno.symlinkSync(precious, `${file.path}.new`);
  assertEquals(warningsAt(file.path), []);
  assertEquals(Deno.readTextFileSync(precious), "precious");
});

Deno.test("a folder in which others can replace files has no journal; a sticky one may", () => {
  for (const [mode, safe] of [[0o777, false], [0o1777, true], [0o755, true], [0o700, true]] as const) {
    using file = place();
    Deno.chmodSync(file.folder, mode);
    const warnings = warningsAt(file.path);
    assertEquals(warnings.length, safe ? 0 : 1, mode.toString(8));
    if (!safe) assertStringIncludes(warnings[0], `its folder ${file.folder} is not safe`);
  }
});

Deno.test({
  ...rootOnly("a folder of another user has no journal", "makes a folder of another user"),
  fn() {
    using file = place();
    Deno.chownSync(file.folder, 65534, 65534);
    assertStringIncludes(warningsAt(file.path).join(), "it belongs to user 65534");
  },
});

/** Writes a journal with one process, and is killed when it writes it again and comes to a function. */
const KILLED = (name: string) => `
  const { launch, record, recording } = await import(Deno.args[0]);
  const journal = recording(Deno.args[1]);
  record(journal, 11, "lasting");
  await Promise.resolve();
  const original = Deno.${name};
  Deno.${name} = (path, ...rest) => {
    if (!String(path).includes(".processes")) return original(path, ...rest);
    ${name === "renameSync" ? "" : "if (rest[0]?.createNew) original(path, ...rest);"}
    Deno.kill(Deno.pid, "SIGKILL");
    for (;;);
  };
  for (let pid = 12;; pid++) {
    record(journal, pid, "short-lived");
    journal.ended(pid);
  }
`;

for (const name of ["openSync", "renameSync"]) {
  Deno.test(`a kill during a compaction of the journal loses nothing (at ${name})`, async () => {
    using file = place();
    const { signal, stderr } = await runProgram(KILLED(name), [beside("_journal.ts"), file.path]);
    assertEquals(signal, "SIGKILL", new TextDecoder().decode(stderr));
    const left = new ProcessJournal(file.path, { clock, warn: (text) => assert(false, text) });
    assert(left.left.entries.some(({ service }) => service === "lasting"));
    left.begin();
    record(left, 11, "next");
    assertEquals(await services(file.path), ["next"]);
    left.remove();
    assertEquals(Array.from(Deno.readDirSync(file.folder)), []);
  });
}

Deno.test("a full disk does not end the journal: it is written when there is space again", async () => {
  using file = place();
  const warnings: string[] = [];
  const journal = recording(file.path, warnings);
  record(journal, 11, "before");
  await Promise.resolve();
  const original = Deno.FsFile.prototype.writeSync;
  Deno.FsFile.prototype.writeSync = function (bytes) {
    original.call(this, bytes.subarray(0, 3)); // what still fits
    throw new Error("No space left on device (os error 28)");
  };
  try {
    record(journal, 12, "meanwhile");
    journal.ended(11);
    await Promise.resolve();
  } finally {
    Deno.FsFile.prototype.writeSync = original;
  }
  record(journal, 13, "after");
  await until(async () => (await services(file.path)).join() === "meanwhile,after", "the journal");
  assertEquals(warnings.length, 1);
  assertStringIncludes(warnings[0], "No space left on device");
  record(journal, 14, "later");
  assertEquals(await services(file.path), ["meanwhile", "after", "later"]);
  journal.remove();
});

Deno.test({
  ...rootOnly(
    "a really full disk does not end the journal, and loses no entries",
    "mounts a file system",
  ),
  async fn() {
    const program = `
      const { record, recording, services, until } = await import(Deno.args[0]);
      const path = Deno.args[1] + "/s.processes";
      const journal = recording(path);
      record(journal, 11, "before");
      await Promise.resolve();
      try {
        Deno.writeFileSync(Deno.args[1] + "/filler", new Uint8Array(1 << 20));
      } catch {}
      for (let pid = 12; pid < 1000; pid++) record(journal, pid, "meanwhile");
      const told = (await services(path)).includes("before");
      Deno.removeSync(Deno.args[1] + "/filler");
      await until(async () => (await services(path)).length === 989, "the journal");
      console.log(told);
      journal.remove();
    `;
    using file = place();
    Deno.writeTextFileSync(`${file.folder}/program.ts`, program);
    Deno.mkdirSync(`${file.folder}/disk`);
    const script = 'mount -t tmpfs -o size=512k,mode=700 none "$1/disk" && ' +
      'exec "$2" run --quiet --no-check --allow-all "$1/program.ts" "$3" "$1/disk"';
    const { stdout, stderr } = await outputOf("unshare", {
      args: ["--mount", "sh", "-c", script, "sh", file.folder, Deno.execPath(), beside("_journal.ts")],
    });
    assertEquals(new TextDecoder().decode(stdout), "true\n", new TextDecoder().decode(stderr));
  },
});
