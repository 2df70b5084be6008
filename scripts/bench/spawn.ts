/**
 * What a process costs. Three measurements, each in programs of its own:
 *
 * - starting `/bin/sleep`: a bare loop around `posix_spawn` and a host take turns, in milliseconds per process. The native host is to stay within 1.3 times the bare loop.
 * - memory: what 1000 started services take, with and without a buffered log, in kilobytes per service. 10 and 40 are
 *   the limits.
 * - restart: from the moment a process kills itself to the moment its replacement runs, by timestamps of the
 *   processes themselves, with `restart-delay = 0`. The median is to stay within 3 ms.
 */

import { FileUsers, MainEnvironment } from "../../src/description/mod.ts";
import { type LaunchPlan, ServiceManager } from "../../src/engine/mod.ts";
import { createHost, SystemClock } from "../../src/host/mod.ts";
import { BareLoop } from "./_bare_loop.ts";

const TURNS = 100;
const SPAWNS = 20;
const SERVICES = 1000;
const WARM_UP = 500;
const RESTARTS = 200;

type HostKind = "native" | "command";

const SLEEP: LaunchPlan = {
  id: 1,
  role: "main",
  name: "bench",
  argv: ["/bin/sleep", "1000"],
  environment: new Map(Object.entries(Deno.env.toObject())),
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
};

/** Milliseconds per process of a bare loop and of a host that take turns, and the median of their ratios. */
async function turns(kind: HostKind): Promise<number[]> {
  let left = 0;
  let done = Promise.withResolvers<void>();
  const nothing = () => {};
  const host = createHost(
    {
      execSucceeded: nothing,
      execFailed: nothing,
      exited: () => --left === 0 && done.resolve(),
      ready: nothing,
      readinessClosed: nothing,
      allKilled: nothing,
    },
    { started: nothing, ended: nothing },
    { kind },
  );
  host.begin();
  const runHost = async () => {
    left = SPAWNS;
    done = Promise.withResolvers();
    const start = performance.now();
    for (let id = 1; id <= SPAWNS; id++) host.launch({ ...SLEEP, id });
    const elapsed = performance.now() - start;
    for (let id = 1; id <= SPAWNS; id++) host.signal(id, "main", 9, true);
    await done.promise;
    return elapsed / SPAWNS;
  };
  const bare = new BareLoop(SLEEP.argv, SLEEP.environment);
  const runBare = () => Promise.resolve(bare.run(SPAWNS) / SPAWNS);
  const rounds: { bare: number; host: number }[] = [];
  for (let turn = 0; turn < TURNS; turn++) { // neither always comes first
    if (turn % 2 === 0) rounds.push({ bare: await runBare(), host: await runHost() });
    else {
      const host = await runHost();
      rounds.push({ bare: await runBare(), host });
    }
  }
  const warm = rounds.slice(TURNS / 4);
  return [
    median(warm.map(({ bare }) => bare)),
    median(warm.map(({ host }) => host)),
    median(warm.map(({ bare, host }) => host / bare)),
  ];
}

/** A manager with a host, for descriptions in a folder. */
function managerOf(kind: HostKind, folder: string): ServiceManager {
  const nothing = () => {};
  const host = createHost(
    {
      execSucceeded: (id, role) => manager.execSucceeded(id, role),
      execFailed: (id, role, stage, errno) => manager.execFailed(id, role, stage, errno),
      exited: (id, role, exit) => manager.exited(id, role, exit),
      ready: (id) => manager.ready(id),
      readinessClosed: (id) => manager.readinessClosed(id),
      allKilled: (id) => manager.allKilled(id),
    },
    { started: nothing, ended: nothing },
    { kind },
  );
  const manager: ServiceManager = new ServiceManager({
    directories: [folder],
    environment: new MainEnvironment(Deno.env.toObject()),
    users: new FileUsers(),
    identity: { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 },
    clock: new SystemClock((id) => manager.timerExpired(id)),
    host,
    console: { requestConsole: () => true, returnConsole: nothing, takeForeground: nothing },
    log: { message: nothing, started: nothing, failed: nothing, stopped: nothing },
  });
  host.begin();
  return manager;
}

/** Kilobytes of the daemon's own memory for each of many idle services. */
async function memory(kind: HostKind, settings: string, script: string): Promise<number> {
  return await inFolder(async (folder) => {
    const description = `type = process\ncommand = /bin/sh -c "${script}"\n${settings}\n`;
    for (let index = 0; index < WARM_UP + SERVICES; index++) {
      Deno.writeTextFileSync(`${folder}/s${index}`, description);
    }
    const manager = managerOf(kind, folder);
    const start = async (from: number, count: number) => {
      for (let index = from; index < from + count; index++) manager.start(manager.load(`s${index}`));
      await pause(3000); // everything has been said
      return ownMemory();
    };
    const before = await start(0, WARM_UP); // what the program takes once is taken
    const perService = (await start(WARM_UP, SERVICES) - before) / SERVICES;
    for (const service of manager.services()) manager.signal(service, 9);
    return perService;
  });
}

/** Private memory after a collection of garbage, in kilobytes. */
function ownMemory(): number {
  (globalThis as unknown as { gc(): void }).gc();
  return Number(/^RssAnon:\s*(\d+)/m.exec(Deno.readTextFileSync("/proc/self/status"))![1]);
}

/** The times from death to replacement, in milliseconds, ascending. */
async function restarts(kind: HostKind): Promise<number[]> {
  return await inFolder(async (folder) => {
    const program =
      "#!/bin/bash\necho $EPOCHREALTIME >>$0.times\necho $EPOCHREALTIME >>$0.times\nkill -9 $$\n";
    Deno.writeTextFileSync(`${folder}/program`, program, { mode: 0o755 });
    const settings = "restart = yes\nrestart-delay = 0\nrestart-limit-count = 0\n";
    Deno.mkdirSync(`${folder}/services`);
    Deno.writeTextFileSync(
      `${folder}/services/s`,
      `type = process\ncommand = ${folder}/program\n${settings}`,
    );
    const manager = managerOf(kind, `${folder}/services`);
    const service = manager.load("s");
    manager.start(service);
    while (service.restarts < RESTARTS) await pause(20);
    manager.stop(service);
    await pause(100);
    return gaps(`${folder}/program.times`);
  });
}

/** The same program executing itself: what of the time is its own start. */
async function selfExecution(): Promise<number[]> {
  return await inFolder(async (folder) => {
    const program =
      `#!/bin/bash\necho $EPOCHREALTIME >>$0.times\n[ "\${1:-0}" -lt ${RESTARTS} ] || exit 0\n` +
      'echo $EPOCHREALTIME >>$0.times\nexec "$0" $((${1:-0} + 1))\n';
    Deno.writeTextFileSync(`${folder}/program`, program, { mode: 0o755 });
    await new Deno.Command(`${folder}/program`).output();
    return gaps(`${folder}/program.times`);
  });
}

/** The differences from each second time in a file to the one after it. */
function gaps(path: string): number[] {
  const times = Deno.readTextFileSync(path).trim().split("\n").map(Number);
  const found: number[] = [];
  for (let index = 1; index + 1 < times.length; index += 2) {
    found.push((times[index + 1] - times[index]) * 1000);
  }
  return found.sort((a, b) => a - b);
}

async function inFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-bench-" });
  try {
    return await use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Runs one part in a program of its own. */
async function part(...args: string[]): Promise<number[]> {
  // A young generation of fixed size, as the daemon has: what it would grow by is no memory of a service.
  const flags = ["--v8-flags=--max-semi-space-size=1,--expose-gc", "--allow-all"];
  const program = decodeURIComponent(new URL(import.meta.url).pathname);
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, program, ...args],
    stderr: "inherit",
  });
  return JSON.parse(new TextDecoder().decode((await command.output()).stdout));
}

const PARTS: Record<string, (kind: HostKind) => Promise<number[]>> = {
  turns: (kind) => turns(kind),
  idle: async (kind) => [await memory(kind, "", "exec sleep 1000")],
  buffered: async (
    kind,
  ) => [await memory(kind, "log-type = buffer", "head -c 4096 /dev/zero; exec sleep 1000")],
  restart: (kind) => restarts(kind),
  self: () => selfExecution(),
};

async function compareSpawns(): Promise<void> {
  for (const kind of ["native", "command"]) {
    const [bare, host, ratio] = (await part("turns", kind)).map((value) => value.toFixed(3));
    console.log(`one process: bare posix_spawn loop ${bare} ms, ${kind} host ${host} ms, ratio ${ratio}`);
  }
}

async function compareRestarts(): Promise<void> {
  const [own, native, command] = [
    await part("self"),
    await part("restart", "native"),
    await part("restart", "command"),
  ];
  const show = (what: string, times: readonly number[]) =>
    console.log(
      `${what}: median ${median(times).toFixed(2)} ms, 90 % within ${
        times[Math.floor(times.length * 0.9)].toFixed(2)
      } ms`,
    );
  show("a program executes itself (the floor)", own);
  show("death to replacement, native host", native);
  show("death to replacement, command host", command);
}

async function compareMemory(): Promise<void> {
  for (const kind of ["native", "command"]) {
    const [idle] = await part("idle", kind);
    const [buffered] = await part("buffered", kind);
    console.log(
      `one service, ${kind} host: ${idle.toFixed(1)} KB, with a full log buffer ${buffered.toFixed(1)} KB`,
    );
  }
}

const [wanted, kind] = Deno.args;
if (wanted === undefined) {
  await compareSpawns();
  await compareRestarts();
  await compareMemory();
} else {
  console.log(JSON.stringify(await PARTS[wanted](kind as HostKind)));
  Deno.exit(0);
}
