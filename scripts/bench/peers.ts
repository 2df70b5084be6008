/**
 * Other supervisors with the same work: from starting the program until all services run, and from telling it to end
 * until the last process is gone. All are observed from outside in the same way. Only with `--peers`.
 */

import {
  atMost,
  type BenchCase,
  type BenchContext,
  beside,
  DAEMON_FLAGS,
  DINIT_REFERENCE,
  dinitCommand,
  inFolder,
  isInstalled,
  type Limit,
  type Measurement,
  memoryOfTree,
  numberedServices,
  pause,
  type Peer,
  PEERS,
  Watched,
  writeServices,
} from "./harness/mod.ts";

const SERVICES = 1000;
/** How often to check whether all run, or none, in milliseconds. */
const LOOK_EVERY = 10;
/** The longest wait, in milliseconds. */
const PATIENCE = 120_000;

/** The largest ratio of dinit's start time to that of each peer. */
const LIMITS: Readonly<Record<string, Limit>> = {
  supervisord: atMost(0.2),
  s6: atMost(0.7),
  runit: atMost(0.4),
};

interface Times {
  readonly start: number;
  readonly stop: number;
  /** Megabytes of all processes of the supervisor. */
  readonly memory: number;
}

const dinit: Peer = {
  name: "dinit",
  program: "",
  most: Infinity,
  prepare(folder, count, command) {
    const services = numberedServices(count, `type = process\ncommand = ${command}`);
    writeServices(`${folder}/services`, services);
  },
  run(folder) {
    const paths = ["--user", "--services-dir", `${folder}/services`, "--socket-path", `${folder}/socket`];
    return dinitCommand([...paths, "--quiet", "--host=native", "all"], DAEMON_FLAGS).flat();
  },
};

/** dinit in C++, if there is one. */
const REFERENCES: readonly Peer[] = DINIT_REFERENCE === undefined ? [] : [{
  ...dinit,
  name: "dinit in C++",
  program: DINIT_REFERENCE,
  run(folder) {
    const paths = ["--user", "--services-dir", `${folder}/services`, "--socket-path", `${folder}/socket`];
    return [...paths, "--quiet", "all"];
  },
}];

/** Resolves when there are as many processes as wanted. */
async function reached(watched: Watched, wanted: number): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (watched.count() !== wanted) {
    if (performance.now() > end) throw new Error(`there are ${watched.pids.length} processes, not ${wanted}`);
    await pause(LOOK_EVERY);
  }
}

function measurePeer(peer: Peer, count: number): Promise<Times> {
  return inFolder(async (folder) => {
    // The name of the program identifies the processes of this run.
    const name = `bench-${crypto.randomUUID().slice(0, 8)}`;
    Deno.symlinkSync("/bin/sleep", `${folder}/${name}`);
    peer.prepare(folder, count, `${folder}/${name} 100000`);
    const words = peer.run(folder, count);
    const [program, args] = peer.program === "" ? [words[0], words.slice(1)] : [peer.program, words];
    const watched = new Watched(name);
    const begin = performance.now();
    const env = peer.environment?.(folder) ?? {};
    const child = new Deno.Command(program, { args, env, stdin: "null", stdout: "null", stderr: "null" })
      .spawn();
    try {
      await reached(watched, count);
      const start = performance.now() - begin;
      const memory = memoryOfTree(child.pid, new Set(watched.pids));
      const told = performance.now();
      if (peer.end === undefined) child.kill(peer.signal ?? "SIGTERM");
      else {
        const [program, ...args] = peer.end(folder);
        await new Deno.Command(program, { args }).output();
      }
      await Promise.all([reached(watched, 0), child.status]);
      return { start, stop: performance.now() - told, memory };
    } finally {
      for (const pid of watched.pids) endProcess(pid);
    }
  });
}

function endProcess(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // it has already exited
  }
}

/** All rounds of a group of supervisors with the same number of services. */
async function compare(peers: readonly Peer[], count: number, runs: number): Promise<Measurement[]> {
  const all = [dinit, ...peers];
  const times = new Map(all.map((peer): [Peer, Times[]] => [peer, []]));
  for (let run = 0; run < runs; run++) {
    for (const peer of run % 2 === 0 ? all : all.toReversed()) {
      times.get(peer)!.push(await measurePeer(peer, count));
    }
  }
  const values = (peer: Peer, what: keyof Times) => times.get(peer)!.map((time) => time[what]);
  const number = count.toLocaleString("en");
  const rows = (what: "start" | "stop", title: string): Measurement[] =>
    all.map((peer) => ({
      what: `${what} ${count} services with ${peer.name}`,
      unit: "ms",
      values: values(peer, what),
      chart: { group: `${title} ${number} services`, bar: peer.name },
      ...peer !== dinit ? {} : {
        beside: peers.map((other) =>
          beside(
            other.name,
            values(dinit, what),
            values(other, what),
            what === "start" ? LIMITS[other.name] : undefined,
          )
        ),
      },
    }));
  const memory = all.map((peer) => ({
    what: `${peer.name} with ${count} services, all its own processes`,
    unit: "MB",
    values: values(peer, "memory"),
    chart: { group: `Memory of the supervisor with ${number} services`, bar: peer.name },
  }));
  return [...rows("start", "Start"), ...rows("stop", "Stop"), ...memory];
}

async function measure({ runs, peers, note }: BenchContext): Promise<Measurement[]> {
  if (!peers) {
    note("other supervisors run with --peers only");
    return [];
  }
  const installed = [...REFERENCES, ...PEERS.filter(({ program }) => isInstalled(program))];
  for (const { name, program } of PEERS) {
    if (!isInstalled(program)) note(`${name} is not installed: there is no program ${program} in the PATH`);
  }
  const found: Measurement[] = [];
  for (const most of new Set(installed.map(({ most }) => Math.min(most, SERVICES)))) {
    const group = installed.filter((peer) => Math.min(peer.most, SERVICES) === most);
    found.push(...await compare(group, most, runs));
  }
  return found;
}

export const bench: BenchCase = { about: "the same work for other supervisors", measure };
