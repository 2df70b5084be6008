import { assert, assertEquals } from "@std/assert";
import {
  DEFAULT_DESCRIPTION,
  type ExitStatus,
  LaunchStage,
  ServiceType,
  Signal,
} from "../../src/model/mod.ts";
import type { LaunchPlan, OutputPlan } from "../../src/engine/mod.ts";
import { CommandHost } from "../../src/host/mod.ts";

/** What the host reported, in order, and a way to wait for more. */
class Reports {
  readonly seen: string[] = [];
  exit: ExitStatus | undefined;
  #changed: () => void = () => {};

  readonly execSucceeded = (id: number, role: string) => this.#add(`${id} ${role} executed`);
  readonly execFailed = (id: number, role: string, stage: number, errno: number) =>
    this.#add(`${id} ${role} failed at ${stage} with ${errno}`);
  readonly exited = (id: number, role: string, exit: ExitStatus) => {
    this.exit = exit;
    this.#add(`${id} ${role} exited`);
  };
  readonly allKilled = () => {};

  #add(what: string): void {
    this.seen.push(what);
    this.#changed();
  }

  async count(count: number): Promise<string[]> {
    while (this.seen.length < count) await new Promise<void>((resolve) => this.#changed = resolve);
    return this.seen;
  }
}

/** Which processes the host says run. */
class Running {
  readonly pids = new Set<number>();
  readonly started = (pid: number) => void this.pids.add(pid);
  readonly ended = (pid: number) => void this.pids.delete(pid);
}

function plan(argv: string[], changes: Partial<LaunchPlan> = {}): LaunchPlan {
  return {
    id: 1,
    role: "main",
    name: "test",
    argv,
    environment: new Map([["PATH", Deno.env.get("PATH") ?? "/bin:/usr/bin"]]),
    workingDir: "/",
    output: { to: "null" },
    consumerOf: undefined,
    session: "own",
    unmaskInterrupt: false,
    readiness: undefined,
    controlSocket: false,
    activationSocket: false,
    runAs: undefined,
    limits: [],
    nice: undefined,
    ioPriority: undefined,
    oomScoreAdjust: undefined,
    cgroup: "",
    capabilities: "",
    secureBits: [],
    noNewPrivs: false,
    inittab: undefined,
    ...changes,
  };
}

function setUp(): { host: CommandHost; reports: Reports; running: Running } {
  const reports = new Reports();
  const running = new Running();
  return { host: new CommandHost(reports, running), reports, running };
}

function fileOutput(path: string, changes: Partial<Extract<OutputPlan, { to: "file" }>> = {}): OutputPlan {
  return { to: "file", path, permissions: 0o600, uid: undefined, gid: undefined, ...changes };
}

const OUTPUTS: Record<string, () => { output: OutputPlan; done: () => void }> = {
  "without a log": () => ({ output: { to: "null" }, done: () => {} }),
  "with a buffered log": () => ({ output: { to: "buffer", size: 100 }, done: () => {} }),
  "with a log file": () => {
    const path = Deno.makeTempFileSync();
    return { output: fileOutput(path), done: () => Deno.removeSync(path) };
  },
};

for (const [how, make] of Object.entries(OUTPUTS)) {
  Deno.test(`a process ${how} is executed, then exits with its code`, async () => {
    const { host, reports, running } = setUp();
    const { output, done } = make();
    const launched = host.launch(plan(["sh", "-c", "exit 3"], { output }));
    assertEquals(reports.seen, []); // nothing is reported from inside the call
    assertEquals(launched, { pid: [...running.pids][0] });
    assertEquals(await reports.count(2), ["1 main executed", "1 main exited"]);
    assertEquals(reports.exit, { code: 1, status: 3 });
    assertEquals(running.pids.size, 0);
    done();
  });

  Deno.test(`a signal ends a process ${how}, and its group with it`, async () => {
    const { host, reports } = setUp();
    const { output, done } = make();
    host.launch(plan(["sh", "-c", "sleep 1000 & wait"], { output }));
    await reports.count(1);
    assertEquals(host.signal(1, "main", Signal.TERM, true), "sent");
    await reports.count(2);
    assertEquals(reports.exit, { code: 2, status: 15 });
    assertEquals(host.signal(1, "main", Signal.TERM, true), "no-process");
    done();
  });

  Deno.test(`a missing program is reported for a process ${how}`, async () => {
    const { host, reports } = setUp();
    const { output, done } = make();
    assertEquals(host.launch(plan(["/no/such/program"], { output })), { pid: undefined });
    assertEquals(await reports.count(1), [`1 main failed at ${LaunchStage.EXECUTE} with 2`]);
    done();
  });

  Deno.test(`a missing directory is reported for a process ${how}`, async () => {
    const { host, reports } = setUp();
    const { output, done } = make();
    host.launch(plan(["true"], { output, workingDir: "/no/such/directory" }));
    assertEquals(await reports.count(1), [`1 main failed at ${LaunchStage.CHANGE_DIRECTORY} with 2`]);
    done();
  });
}

Deno.test("a program is looked for in PATH of the service's own environment", async () => {
  const { host, reports } = setUp();
  host.launch(plan(["true"], { environment: new Map([["PATH", "/no/such/directory"]]) }));
  assertEquals(await reports.count(1), [`1 main failed at ${LaunchStage.EXECUTE} with 2`]);
});

Deno.test("a program that is named with a slash is looked for in the working directory", async () => {
  const directory = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${directory}/tool`, "#!/bin/sh\nexit 5\n", { mode: 0o755 });
  const { host, reports } = setUp();
  host.launch(plan(["./tool"], { workingDir: directory }));
  await reports.count(2);
  assertEquals(reports.exit, { code: 1, status: 5 });
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("a file that may not be executed, a directory, and a script with a wrong interpreter are reported", async () => {
  const directory = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${directory}/script`, "#!/no/such/interpreter\n", { mode: 0o755 });
  const failure = async (program: string) => {
    const { host, reports } = setUp();
    host.launch(plan([program]));
    return (await reports.count(1))[0];
  };
  assertEquals(await failure("/etc/passwd"), `1 main failed at ${LaunchStage.EXECUTE} with 13`);
  assertEquals(await failure(directory), `1 main failed at ${LaunchStage.EXECUTE} with 13`);
  assertEquals(await failure(`${directory}/script`), `1 main failed at ${LaunchStage.EXECUTE} with 2`);
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("a command that substitution left empty is an execution failure", async () => {
  const { host, reports } = setUp();
  assertEquals(host.launch(plan([])), { pid: undefined });
  assertEquals(await reports.count(1), [`1 main failed at ${LaunchStage.EXECUTE} with 2`]);
});

Deno.test("a process leads a session of its own and has nothing on its standard input", async () => {
  const path = Deno.makeTempFileSync();
  const { host, reports } = setUp();
  const script =
    'read -r pid comm state ppid pgrp session rest </proc/$$/stat; echo "$((pid == session)) $(readlink /proc/$$/fd/0)"';
  host.launch(plan(["sh", "-c", script], { output: fileOutput(path) }));
  await reports.count(2);
  assertEquals(Deno.readTextFileSync(path), "1 /dev/null\n");
  Deno.removeSync(path);
});

Deno.test("a log file is appended to by the process itself, with the mode that is asked for", async () => {
  const path = Deno.makeTempFileSync();
  Deno.writeTextFileSync(path, "before\n");
  const { host, reports } = setUp();
  const output = fileOutput(path, { permissions: 0o640 });
  host.launch(plan(["sh", "-c", "echo out; echo err >&2; readlink /proc/$$/fd/1"], { output }));
  await reports.count(2);
  assertEquals(Deno.readTextFileSync(path), `before\nout\nerr\n${path}\n`);
  assertEquals(Deno.statSync(path).mode! & 0o777, 0o640);
  Deno.removeSync(path);
});

Deno.test("a log file that cannot be opened is reported as such", async () => {
  const { host, reports } = setUp();
  host.launch(plan(["true"], { output: fileOutput("/no/such/directory/log") }));
  assertEquals(await reports.count(1), [`1 main failed at ${LaunchStage.LOG_FILE} with 2`]);
});

Deno.test("a buffered log has what the process wrote, and outlives it", async () => {
  const { host, reports } = setUp();
  const service = {
    id: 1,
    description: { ...DEFAULT_DESCRIPTION, logType: "buffer" as const },
  } as Parameters<CommandHost["bufferedLog"]>[0];
  const text = () => new TextDecoder().decode(host.bufferedLog(service, false));
  host.launch(plan(["sh", "-c", "echo one"], { output: { to: "buffer", size: 4096 } }));
  await reports.count(2);
  while (!text().includes("one")) await new Promise((resolve) => setTimeout(resolve, 1));
  host.launch(plan(["sh", "-c", "echo two"], { output: { to: "buffer", size: 4096 } }));
  while (!text().includes("two")) await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(text(), "one\n(dinit: note: service restarted)\ntwo\n");
  await reports.count(4);
});

Deno.test("a number that is no signal is refused", async () => {
  const { host, reports } = setUp();
  host.launch(plan(["sleep", "1000"]));
  await reports.count(1);
  assertEquals(host.signal(1, "main", 9999, false), "bad-signal");
  assertEquals(host.signal(1, "main", 0, false), "sent");
  assertEquals(host.signal(1, "main", Signal.KILL, false), "sent");
  await reports.count(2);
});

Deno.test("the command and the stop command of a service are told apart", async () => {
  const { host, reports } = setUp();
  host.launch(plan(["sleep", "1000"]));
  host.launch(plan(["sh", "-c", "exit 1"], { role: "stop" }));
  assert((await reports.count(3)).includes("1 stop exited"));
  assertEquals(host.signal(1, "main", Signal.KILL, false), "sent");
  assertEquals((await reports.count(4))[3], "1 main exited");
});

Deno.test("what the host cannot do is refused when a service is loaded", () => {
  const { host } = setUp();
  const asked = (changes: Partial<typeof DEFAULT_DESCRIPTION>) =>
    host.unsupported({ ...DEFAULT_DESCRIPTION, type: ServiceType.PROCESS, ...changes })?.setting;
  assertEquals(asked({}), undefined);
  assertEquals(asked({ type: ServiceType.BGPROCESS }), "type = bgprocess");
  assertEquals(asked({ readyFd: 3 }), "ready-notification");
  assertEquals(asked({ socketPath: "/run/s" }), "socket-listen");
  assertEquals(asked({ logType: "pipe" }), "log-type = pipe");
  assertEquals(asked({ consumerOf: "x" }), "consumer-of");
  assertEquals(asked({ runAs: { uid: 1, gid: undefined, name: undefined } }), undefined);
  assertEquals(asked({ runAs: { uid: 1, gid: 1, name: "daemon" } }), "run-as = NAME");
  assertEquals(asked({ nice: 0 }), "nice");
});

Deno.test("many short-lived processes are all reaped", async () => {
  const { host, reports, running } = setUp();
  for (let id = 1; id <= 200; id++) host.launch(plan(["true"], { id }));
  await reports.count(400);
  assertEquals(running.pids.size, 0);
  assertEquals(reports.seen.filter((line) => line.endsWith("exited")).length, 200);
});
