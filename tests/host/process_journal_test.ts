import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fc } from "../random.ts";
import { parseJournal, ProcessJournal } from "../../src/host/mod.ts";
import { clock, launch, place, record, recording, services, told, until } from "./_journal.ts";

Deno.test("the journal lists the running processes", async () => {
  using file = place();
  const journal = recording(file.path);
  record(journal, 11, "store");
  record(journal, 12, 'odd\nname "quoted"');
  record(journal, 13, "web");
  journal.ended(11);
  assertEquals(await services(file.path), ['odd\nname "quoted"', "web"]);
  journal.remove();
  assertEquals(await services(file.path), []);
});

Deno.test("the journal names the daemon by its process id, its start and the boot", async () => {
  using file = place();
  const journal = recording(file.path);
  const boot = Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").trim();
  const start = Number(Deno.readTextFileSync("/proc/self/stat").split(") ")[1].split(" ")[19]);
  assertEquals((await told(file.path)).owner, { pid: Deno.pid, start, boot });
  journal.remove();
});

Deno.test("the intention to start a process is in the file before the process is made", () => {
  using file = place();
  const journal = recording(file.path);
  const environment = new Map([["NAME", "secret"]]);
  const number = journal.launching(
    launch("web", {
      argv: ["httpd", "-f"],
      workingDir: "/srv",
      environment,
      runAs: { name: undefined, uid: 33, gid: 33 },
    }),
  );
  journal.commit();
  const text = Deno.readTextFileSync(file.path);
  const [entry] = parseJournal(text).entries;
  assertEquals([entry.service, entry.command, entry.directory], ["web", ["httpd", "-f"], "/srv"]);
  assertEquals([entry.pid, entry.users], [undefined, [Deno.uid(), 33]]);
  assert(entry.since !== undefined);
  assert(!text.includes("secret"));
  journal.failed(number);
  journal.remove();
});

Deno.test("a launch that made no process leaves nothing to end", async () => {
  using file = place();
  const journal = recording(file.path);
  journal.failed(journal.launching(launch("web")));
  assertEquals(await services(file.path), []);
  journal.remove();
});

/** How often the journal is written to. */
async function writesDuring(action: () => Promise<void>): Promise<number> {
  const original = Deno.FsFile.prototype.writeSync;
  let writes = 0;
  Deno.FsFile.prototype.writeSync = function (bytes) {
    writes++;
    return original.call(this, bytes);
  };
  try {
    await action();
    return writes;
  } finally {
    Deno.FsFile.prototype.writeSync = original;
  }
}

Deno.test("many launches in one turn cost one write each", async () => {
  using file = place();
  const journal = recording(file.path);
  const writes = await writesDuring(async () => {
    for (let pid = 100; pid < 200; pid++) record(journal, pid, "web");
    assertEquals((await services(file.path)).length, 100);
  });
  assertEquals(writes, 101);
  journal.remove();
});

Deno.test("launches that begin together cost one write before they begin, and one when they are over", async () => {
  using file = place();
  const journal = recording(file.path);
  const writes = await writesDuring(async () => {
    const launches = Array.from({ length: 100 }, () => journal.launching(launch("web")));
    journal.commit();
    const text = Deno.readTextFileSync(file.path);
    assertEquals(parseJournal(text).entries.length, 100);
    launches.forEach((number, index) => journal.started(number, 100 + index));
    const pids = (await told(file.path)).entries.map(({ pid }) => pid);
    assertEquals(pids, launches.map((_, index) => 100 + index));
  });
  assertEquals(writes, 2);
  journal.remove();
});

Deno.test("a journal that has grown is compacted without loss", async () => {
  using file = place();
  const journal = recording(file.path);
  record(journal, 1, "lasting");
  for (let pid = 2; pid < 5000; pid++) {
    record(journal, pid, "short-lived");
    journal.ended(pid);
  }
  assertEquals(await services(file.path), ["lasting"]);
  assert(Deno.statSync(file.path).size < 300_000);
  journal.remove();
});

Deno.test("a missing folder blocks nothing, and the journal is written when it appears", async () => {
  using file = place();
  const warnings: string[] = [];
  const path = `${file.folder}/later/s.processes`;
  const journal = recording(path, warnings);
  record(journal, 11, "store");
  assertEquals(warnings.length, 1);
  assertStringIncludes(warnings[0], `No such file or directory`);
  assertStringIncludes(warnings[0], `${file.folder}/later`);
  Deno.mkdirSync(`${file.folder}/later`);
  await until(async () => (await services(path)).length === 1, "the journal");
  journal.ended(11);
  assertEquals(await services(path), []);
  journal.remove();
});

Deno.test("a removed journal is written again when the daemon checks its socket", async () => {
  using file = place();
  const journal = recording(file.path);
  record(journal, 11, "store");
  Deno.removeSync(file.path);
  journal.check();
  assertEquals(await services(file.path), ["store"]);
  journal.remove();
});

Deno.test("a daemon that returns the journal keeps the text of an earlier daemon, and leaves no empty file", async () => {
  using file = place();
  const options = { clock, warn: (text: string) => assert(false, text) };
  new ProcessJournal(file.path, options).release();
  assertEquals(Array.from(Deno.readDirSync(file.folder)), []);
  const earlier = recording(file.path);
  record(earlier, 11, "store");
  await Promise.resolve();
  earlier.release();
  new ProcessJournal(file.path, options).release();
  assertEquals(await services(file.path), ["store"]);
});

Deno.test("a journal of a newer format is not read, and reports its version", () => {
  const newer = parseJournal('{"format":"dinit processes","version":3,"pid":7}\n{"launch":1,"pid":8}\n');
  assertEquals([newer.newer, newer.entries.length], [3, 0]);
});

Deno.test("a journal of any text is read without an error", () => {
  const head = '{"format":"dinit processes","version":2,"pid":7,"start":3,"boot":"x"}';
  const line = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom(
      '{"launch":1,"service":"a","pid":2}',
      '{"launch":1,"service":7,"command":"x","users":[null,1]}',
      '{"started":1,"pid":9}',
      '{"started":1,"pid":-9}',
      '{"ended":9}',
      '{"failed":1}',
      '{"launch":1.5}',
      '{"launch":2,"serv',
    ),
  );
  fc.assert(fc.property(fc.array(line), fc.boolean(), (lines, headed) => {
    for (const entry of parseJournal([...(headed ? [head] : []), ...lines].join("\n")).entries) {
      assert(Number.isInteger(entry.launch) && typeof entry.service === "string");
      assert(entry.pid === undefined || entry.pid >= 0);
    }
  }));
});
