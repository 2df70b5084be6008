/** How start, stop and memory grow from 1,000 to 20,000 services. One round of each number of services is long. */

import { ServiceEvent } from "../../src/model/mod.ts";
import {
  atMost,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  beside,
  inFolder,
  type Measurement,
  memoryOf,
  numberedServices,
  pause,
} from "./harness/mod.ts";

const COUNTS = [1000, 5000, 10_000, 20_000];
const [FIRST] = COUNTS;
/** Other programs of the machine have processes, too. */
const OTHERS = 2000;
/** The pause before memory is read, in milliseconds: by then the daemon has given back what it does not need. */
const REST = 12_000;

interface Growth {
  /** Milliseconds for each service. */
  readonly start: number;
  readonly stop: number;
  /** Kilobytes of the daemon's own memory for each service. */
  readonly memory: number;
}

function growth(count: number): Promise<Growth> {
  return inFolder(async (folder) => {
    const services = numberedServices(count, "type = process\ncommand = /bin/sleep 100000");
    await using daemon = await BenchDaemon.start(folder, services);
    await daemon.client();
    await pause(REST);
    const empty = memoryOf(daemon.pid).own;
    const began = performance.now();
    await daemon.handle("all");
    await daemon.handle("base");
    const started = daemon.next("all", ServiceEvent.STARTED);
    await daemon.order("start", "all");
    await started;
    const start = (performance.now() - began) / count;
    await pause(REST);
    const memory = (memoryOf(daemon.pid).own - empty) / count;
    const told = performance.now();
    const stopped = daemon.next("base", ServiceEvent.STOPPED);
    await daemon.order("release", "all");
    await stopped;
    return { start, stop: (performance.now() - told) / count, memory };
  });
}

/** The largest number of processes that the machine can have. */
function processLimit(): number {
  return Number(Deno.readTextFileSync("/proc/sys/kernel/pid_max"));
}

async function measure({ runs, note }: BenchContext): Promise<Measurement[]> {
  const counts = COUNTS.filter((count) => count + OTHERS < processLimit());
  if (counts.length < COUNTS.length) note(`${processLimit()} process ids are too few for more services`);
  const all = new Map<number, Growth[]>(counts.map((count) => [count, []]));
  for (let run = 0; run < runs; run++) {
    for (const count of counts) all.get(count)!.push(await growth(count)); // every count is a key
  }
  const values = (count: number, what: keyof Growth) => all.get(count)!.map((one) => one[what]);
  const rows = (what: keyof Growth, unit: string) =>
    counts.map((count): Measurement => ({
      what: `${what} of ${count} services, each`,
      unit,
      values: values(count, what),
      beside: count === FIRST
        ? []
        : [beside(`${FIRST} services`, values(count, what), values(FIRST, what), atMost(1.5))],
    }));
  return [...rows("start", "ms"), ...rows("stop", "ms"), ...rows("memory", "KB")];
}

export const bench: BenchCase = { about: "start, stop and memory up to 20,000 services", measure };
