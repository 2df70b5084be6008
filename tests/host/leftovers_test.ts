/** Which processes count as leftovers, and how they are ended. Real processes. */

import { assert, assertEquals } from "@std/assert";
import { soon } from "../_patience.ts";
import { endOf, wordsOf } from "../_processes.ts";
import { endProcesses, findLeftovers, launchesOver, ownerLives } from "../../src/host/leftover_processes.ts";
import { type Journal, type JournalEntry, parseJournal, readJournalText } from "../../src/host/mod.ts";
import { beside, clock, launch, place, record, recording, runProgram, told, until } from "./_journal.ts";

const PLAN = launch("left");

/** A process in a new session. It is killed at the end. */
function start(program: string, args: readonly string[] = [], options: Deno.CommandOptions = {}) {
  const child = new Deno.Command(program, {
    args: [...args],
    detached: true,
    stdin: "null",
    stdout: "piped",
    ...options,
  }).spawn();
  return Object.assign(child, {
    [Symbol.asyncDispose]: async () => {
      killGroup(child.pid);
      await child.stdout.cancel().catch(() => {});
      await endOf(child, program);
    },
  });
}

function killGroup(group: number): void {
  try {
    Deno.kill(-group, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The journal of a daemon that started one process and was killed. */
async function journalOf(pid: number, service = "left"): Promise<Journal> {
  using file = place();
  const journal = recording(file.path);
  record(journal, pid, service);
  // The test started the process before it recorded it; a daemon does it the other way round.
  const start = clock.look(pid)?.startTicks;
  const { owner, entries } = await told(file.path);
  journal.remove();
  return {
    owner,
    newer: undefined,
    entries: entries.map((entry) => ({ ...entry, since: start, until: start })),
  };
}

function changed(journal: Journal, changes: Partial<JournalEntry>): Journal {
  return { ...journal, entries: journal.entries.map((entry) => ({ ...entry, ...changes })) };
}

const pids = (journal: Journal) => findLeftovers(journal).map(({ pid }) => pid);

Deno.test("a leftover process is found and ended, with its children", async () => {
  await using child = start("sh", ["-c", "sleep 1000 & wait"]);
  const journal = await journalOf(child.pid);
  const found = findLeftovers(journal);
  assertEquals(found.map(({ service, pid }) => ({ service, pid })), [{ service: "left", pid: child.pid }]);
  await endProcesses(journal, found);
  assertEquals((await endOf(child, "the process")).signal, "SIGTERM");
  assertEquals(findLeftovers(journal), []);
});

Deno.test("a process that ignores the signal is killed after the patience", async () => {
  await using child = start("sh", ["-c", "trap '' TERM; echo deaf; while :; do sleep 0.02; done"]);
  await soon(child.stdout.getReader().read(), "the first line");
  const journal = await journalOf(child.pid);
  await endProcesses(journal, findLeftovers(journal), { patience: 60, interval: 5 });
  assertEquals((await endOf(child, "the process")).signal, "SIGKILL");
});

Deno.test("the rest of a group is found and ended when its leader has ended", async () => {
  await using child = start("sh", [
    "-c",
    "(trap '' TERM; echo up; while :; do sleep 0.02; done) & read x; exit",
  ], {
    stdin: "piped",
  });
  await soon(child.stdout.getReader().read(), "the first line");
  const journal = await journalOf(child.pid);
  await child.stdin.close();
  await endOf(child, "the leader");
  const [rest] = findLeftovers(journal);
  assert(rest !== undefined && rest.pid !== child.pid && rest.group === child.pid);
  await endProcesses(journal, [rest], { patience: 60, interval: 5 });
  assertEquals(findLeftovers(journal), []);
});

Deno.test("a process is recognised only by its start in ticks since boot, and the boot", async () => {
  await using child = start("sleep", ["1000"]);
  const journal = await journalOf(child.pid);
  const { since = 0 } = journal.entries[0];
  assertEquals(pids(journal), [child.pid]);
  assertEquals(pids(changed(journal, { since: since - 2, until: since - 1 })), []);
  assertEquals(pids(changed(journal, { since: since + 1, until: since + 2 })), []);
  assertEquals(pids(changed(journal, { since: undefined, until: undefined })), []);
  assertEquals(pids({ ...journal, owner: { ...journal.owner!, boot: "another" } }), []); // it was written above
});

Deno.test("a step of the wall clock changes nothing", async () => {
  const original = Date.now;
  let step = 0;
  Date.now = () => original() + (step += 86_400_000);
  try {
    using file = place();
    const journal = recording(file.path);
    const launched = journal.launching({ ...PLAN, argv: ["sleep", "1000"] });
    await using child = start("sleep", ["1000"]);
    journal.started(launched, child.pid);
    assertEquals(pids(await told(file.path)), [child.pid]);
    journal.remove();
  } finally {
    Date.now = original;
  }
});

Deno.test("a daemon that could not read the boot recognises its processes by their start and user", async () => {
  const environment = { A: "1", B: "2", C: "3", D: "4" };
  using file = place();
  const journal = recording(file.path);
  const launched = journal.launching({
    ...PLAN,
    argv: ["sleep", "1000"],
    environment: new Map(Object.entries(environment)),
  });
  await using child = start("sleep", ["1000"], { env: environment, clearEnv: true });
  journal.started(launched, child.pid);
  const unknown = { ...await told(file.path), owner: { pid: 1, start: undefined, boot: undefined } };
  assertEquals(pids(unknown), [child.pid]);
  assertEquals(pids(changed(unknown, { command: ["other"] })), [child.pid]);
  assertEquals(pids(changed(unknown, { command: ["other"], variables: "" })), []);
  assertEquals(pids(changed(unknown, { users: [4_000_000] })), []);
  assertEquals(pids(changed(unknown, { since: Number.MAX_SAFE_INTEGER })), []);
  journal.remove();
});

Deno.test("the writer of a journal counts as alive only if it is the same process", async () => {
  const { owner, ...rest } = await journalOf(Deno.pid);
  assertEquals(ownerLives({ owner, ...rest }), false); // the caller itself
  const boot = owner?.boot;
  await using other = start("sleep", ["1000"]);
  const begin = clock.look(other.pid)?.startTicks ?? 0;
  assertEquals(ownerLives({ ...rest, owner: { pid: other.pid, start: begin, boot } }), true);
  assertEquals(ownerLives({ ...rest, owner: { pid: other.pid, start: begin - 1, boot } }), false);
  assertEquals(ownerLives({ ...rest, owner: { pid: other.pid, start: begin, boot: "x" } }), false);
});

// ---- A process that was being made when the daemon was killed ---------------------------------------------------

/**
 * A daemon that writes its intentions, makes the processes and is killed before it can write that down.
 */
const KILLED = `
  const { launch, recording } = await import(Deno.args[0]);
  const [, path, folder, command, started, count] = Deno.args;
  const journal = recording(path);
  const environment = { PATH: Deno.env.get("PATH"), A: "1", B: "2", C: "3", D: "4" };
  const argv = JSON.parse(command);
  const plan = launch("left", { argv, workingDir: folder, environment: new Map(Object.entries(environment)) });
  for (let number = 0; number < Number(count); number++) journal.launching(plan);
  journal.commit();
  const [program, ...args] = JSON.parse(started);
  const options = { args, env: environment, clearEnv: true, cwd: folder, detached: true, stdin: "null" };
  for (let number = 0; number < Number(count); number++) {
    new Deno.Command(program, { ...options, stdout: "null", stderr: "null" }).spawn();
  }
  Deno.kill(Deno.pid, "SIGKILL");
`;

/** The leftovers of such a daemon: command lines. Ends everything that was started. */
async function foundAfterKill(command: readonly string[], started = command, count = 1): Promise<string[]> {
  using file = place();
  const words = [
    beside("_journal.ts"),
    file.path,
    file.folder,
    JSON.stringify(command),
    JSON.stringify(started),
    `${count}`,
  ];
  const { signal, stderr } = await runProgram(KILLED, words);
  assertEquals(signal, "SIGKILL", new TextDecoder().decode(stderr));
  const journal = parseJournal(readJournalText(file.path));
  await launchesOver(journal);
  await until(() => workingIn(file.folder).length === count, "the processes");
  const left = findLeftovers(journal);
  const lines = await Promise.all(left.map(async ({ pid }) => (await wordsOf(pid, "cmdline")).join(" ")));
  await endProcesses(journal, left);
  const rest = workingIn(file.folder);
  for (const pid of rest) Deno.kill(pid, "SIGKILL");
  assertEquals(rest.length, lines.length === 0 ? 1 : 0);
  return lines;
}

/** The processes that work in a folder and have executed their own program. */
function workingIn(folder: string): number[] {
  return Array.from(Deno.readDirSync("/proc"), ({ name }) => Number(name)).filter((pid) => {
    try {
      return pid > 1 && Deno.readLinkSync(`/proc/${pid}/cwd`) === folder &&
        Deno.readLinkSync(`/proc/${pid}/exe`).endsWith("/sleep") &&
        Deno.readTextFileSync(`/proc/${pid}/cmdline`) !== ""; // not yet there at first
    } catch {
      return false;
    }
  });
}

Deno.test("a process that was being made when the daemon was killed is found by its command line", async () => {
  assertEquals(await foundAfterKill(["/bin/sleep", "1000"]), ["/bin/sleep 1000"]);
  assertEquals(await foundAfterKill(["sleep", "1000"], ["/bin/sleep", "1000"]), ["/bin/sleep 1000"]);
});

Deno.test("a process that was being made is found even if its command executes another", async () => {
  assertEquals(await foundAfterKill(["sh", "-c", "exec sleep 1000"]), ["sleep 1000"]);
  assertEquals(await foundAfterKill(["sh", "-c", "export E=5; exec sleep 1000"]), ["sleep 1000"]);
});

Deno.test("all processes that were being made at the same time are found, also those of equal commands", async () => {
  const command = ["/bin/sleep", "1000"];
  assertEquals(await foundAfterKill(command, command, 5), Array(5).fill("/bin/sleep 1000"));
});

Deno.test("a process is found by its command line after the tools that set it up", async () => {
  assertEquals(await foundAfterKill(["sleep", "1000"], ["nice", "sleep", "1000"]), ["sleep 1000"]);
});

Deno.test("an orphan with neither the command nor the environment of a service is ignored", async () => {
  assertEquals(await foundAfterKill(["sh", "-c", "exec sleep 1000"], ["env", "-i", "sleep", "1000"]), []);
});

Deno.test("a process with a parent is ignored, whatever it executes", async () => {
  using file = place();
  const journal = recording(file.path);
  journal.launching({ ...PLAN, argv: ["sleep", "1000"], workingDir: file.folder });
  const program = `const child = new Deno.Command("sleep", { args: ["1000"], detached: true }).spawn();
    console.log(child.pid); await child.status;`;
  await using parent = start(Deno.execPath(), ["eval", "--ext=ts", program]);
  const lines = parent.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await soon(lines.read(), "the process id");
  assertEquals(findLeftovers(await told(file.path)), []);
  killGroup(Number(value));
  journal.remove();
});
