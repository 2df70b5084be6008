/** Loading and linking 10,000 service descriptions of eight lines, compared with only reading their bytes. */

import { FolderSource, MainEnvironment } from "../../src/description/mod.ts";
import { ServiceManager } from "../../src/engine/mod.ts";
import { loadHost, NO_RECORD, SystemClock } from "../../src/host/mod.ts";
import {
  atMost,
  type BenchCase,
  type BenchContext,
  beside,
  inFolder,
  type Measurement,
  writeServices,
} from "./harness/mod.ts";

const COUNT = 10_000;
/** Warm-up rounds, until the compiler has optimised the code. */
const WARM_UP = 3;
/** Reading and loading take turns after this many files, so that other load on the machine affects both. */
const TURN = 250;

function describe(index: number): string {
  return [
    `# service number ${index}`,
    "type = process",
    `command = /usr/bin/worker --number ${index} --verbose`,
    "restart = on-failure",
    "restart-delay = 0.5",
    "stop-timeout = 5",
    `logfile = /var/log/worker-${index}.log`,
    // Each group of ten depends on the group before it. So every named service is already loaded, as when a set is
    // loaded from its roots, and each is read once.
    index === 0 ? "# the first" : `depends-on = worker-${Math.floor((index - 1) / 10)}`,
  ].join("\n") + "\n";
}

async function newManager(directory: string): Promise<ServiceManager> {
  const quiet = () => {};
  const reports = {
    launched: quiet,
    execSucceeded: quiet,
    execFailed: quiet,
    exited: quiet,
    allKilled: quiet,
    ready: quiet,
    readinessClosed: quiet,
    remains: quiet,
  };
  const host = (await loadHost())(reports, NO_RECORD);
  const { users, files } = host;
  const environment = new MainEnvironment(Deno.env.toObject());
  const identity = { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 };
  return new ServiceManager({
    source: new FolderSource([directory], { environment, users, files, identity }),
    environment,
    clock: new SystemClock(quiet),
    host,
    console: { requestConsole: () => true, returnConsole: quiet, takeForeground: quiet },
  });
}

/** The time of a function for some names, in milliseconds. */
function timeFor(names: readonly string[], run: (name: string) => void): number {
  const start = performance.now();
  for (const name of names) run(name);
  return performance.now() - start;
}

/** The time of reading and of loading all of them. */
async function round(directory: string, names: readonly string[]): Promise<{ read: number; load: number }> {
  const manager = await newManager(directory);
  let [read, load] = [0, 0];
  for (let at = 0; at < names.length; at += TURN) {
    const turn = names.slice(at, at + TURN);
    read += timeFor(turn, (name) => void Deno.readFileSync(`${directory}/${name}`));
    load += timeFor(turn, (name) => void manager.load(name));
  }
  return { read, load };
}

function measure({ runs }: BenchContext): Promise<Measurement[]> {
  return inFolder(async (folder) => {
    const names = Array.from({ length: COUNT }, (_, index) => `worker-${index}`);
    writeServices(folder, Object.fromEntries(names.map((name, index) => [name, describe(index)])));
    const rounds = [];
    for (let run = 0; run < WARM_UP + runs; run++) rounds.push(await round(folder, names));
    rounds.splice(0, WARM_UP);
    const read = rounds.map((round) => round.read);
    const load = rounds.map((round) => round.load);
    return [
      {
        what: `load ${COUNT} descriptions`,
        unit: "ms",
        values: load,
        beside: [beside("reading the files", load, read, atMost(2.5))],
      },
      { what: "read the files", unit: "ms", values: read },
    ];
  });
}

export const bench: BenchCase = { about: "load 10,000 descriptions", measure };
