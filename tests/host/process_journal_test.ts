import { assert, assertEquals } from "@std/assert";
import { endOf } from "../_processes.ts";
import { fc } from "../random.ts";
import { endProcesses, ProcessJournal, readJournal, stillRunning } from "../../src/host/mod.ts";

function temporary(): { path: string; [Symbol.dispose](): void } {
  const directory = Deno.makeTempDirSync();
  return {
    path: `${directory}/journal`,
    [Symbol.dispose]: () => Deno.removeSync(directory, { recursive: true }),
  };
}

const services = (path: string) => readJournal(path).map(({ service }) => service);

Deno.test("the journal tells which processes run", () => {
  using file = temporary();
  const journal = new ProcessJournal(file.path);
  journal.started(11, "store");
  journal.started(12, 'odd\nname "quoted"');
  journal.started(13, "web");
  journal.ended(11);
  assertEquals(services(file.path), ['odd\nname "quoted"', "web"]);
  journal.remove();
  assertEquals(readJournal(file.path), []);
});

Deno.test("a journal that grew is written anew and still tells the same", () => {
  using file = temporary();
  const journal = new ProcessJournal(file.path);
  journal.started(1, "lasting");
  for (let pid = 2; pid < 5000; pid++) {
    journal.started(pid, "short-lived");
    journal.ended(pid);
  }
  assertEquals(services(file.path), ["lasting"]);
  assert(Deno.statSync(file.path).size < 100_000);
  journal.remove();
});

Deno.test("a directory that cannot be written to stops nothing", () => {
  const journal = new ProcessJournal("/no/such/directory/journal");
  journal.started(11, "store");
  journal.ended(11);
  journal.remove();
  assertEquals(readJournal("/no/such/directory/journal"), []);
});

Deno.test("a journal of any text is read without an error", () => {
  using file = temporary();
  const line = fc.oneof(fc.string(), fc.constantFrom('+ 1 2 "a"', "- 1", '+ 1 2 "', '+ 9 x "a"'));
  fc.assert(fc.property(fc.array(line), (lines) => {
    Deno.writeTextFileSync(file.path, lines.join("\n"));
    for (const { pid, started, service } of readJournal(file.path)) {
      assert(Number.isInteger(pid) && Number.isInteger(started) && typeof service === "string");
    }
  }));
});

function sleeper(program = "sleep", args = ["1000"]): Deno.ChildProcess {
  return new Deno.Command(program, { args, detached: true, stdin: "null", stdout: "null" }).spawn();
}

Deno.test("a process that was left is found and ended, with its children", async () => {
  const started = Date.now();
  const child = sleeper("sh", ["-c", "sleep 1000 & wait"]);
  const entry = { pid: child.pid, service: "left", started };
  assertEquals(stillRunning([entry]), [entry]);
  await endProcesses([entry]);
  assertEquals((await endOf(child)).signal, "SIGTERM");
  assertEquals(stillRunning([entry]), []);
});

Deno.test("a process that does not listen is killed when patience is over", async () => {
  const started = Date.now();
  const child = new Deno.Command("sh", {
    args: ["-c", "trap '' TERM; echo deaf; while :; do sleep 0.02; done"],
    detached: true,
    stdout: "piped",
  }).spawn();
  await child.stdout.getReader().read();
  await endProcesses([{ pid: child.pid, service: "deaf", started }], { patience: 60, interval: 5 });
  assertEquals((await endOf(child)).signal, "SIGKILL");
});

Deno.test("another process under the same number is left alone", async () => {
  const child = sleeper();
  const earlier = { pid: child.pid, service: "other", started: Date.now() - 60_000 };
  assertEquals(stillRunning([earlier]), []);
  child.kill();
  await endOf(child);
});

Deno.test("a process that leads no session of its own was not started by a daemon", () => {
  assertEquals(stillRunning([{ pid: Deno.pid, service: "self", started: Date.now() }]), []);
});
