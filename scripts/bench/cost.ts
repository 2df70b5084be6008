/**
 * The daemon's own processor time for starting a thousand services, without the start of the runtime. Other load changes
 * it much less than it changes the time that passes. The floor is the processor time of a bare loop of `posix_spawn`,
 * which the kernel needs to make processes.
 */

import { ServiceEvent } from "../../src/model/mod.ts";
import {
  BareLoop,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  beside,
  cpuTime,
  inFolder,
  interleave,
  type Measurement,
  numberedServices,
} from "./harness/mod.ts";

const SERVICES = 1000;
const COMMAND = ["/bin/sleep", "100000"];

/** Milliseconds of processor time, of all threads and of the main thread. */
interface Cost {
  readonly load: number;
  readonly start: number;
  readonly main: number;
}

function cost(): Promise<Cost> {
  return inFolder(async (folder) => {
    const services = numberedServices(SERVICES, `type = process\ncommand = ${COMMAND.join(" ")}`);
    await using daemon = await BenchDaemon.start(folder, services);
    await daemon.client();
    const before = cpuTime(daemon.pid);
    await daemon.handle("all");
    const [loaded, mainLoaded] = [cpuTime(daemon.pid), cpuTime(daemon.pid, daemon.pid)];
    const started = daemon.next("all", ServiceEvent.STARTED);
    await daemon.order("start", "all");
    await started;
    const [all, main] = [cpuTime(daemon.pid), cpuTime(daemon.pid, daemon.pid)];
    return { load: loaded - before, start: all - loaded, main: main - mainLoaded };
  });
}

/** Milliseconds of this program's processor time. */
function bareCost(): number {
  const loop = new BareLoop(COMMAND, new Map(Object.entries(Deno.env.toObject())), { asService: true });
  const before = cpuTime(Deno.pid, Deno.pid);
  loop.start(SERVICES);
  const spent = cpuTime(Deno.pid, Deno.pid) - before;
  loop.stop("together");
  return spent;
}

async function measure({ runs }: BenchContext): Promise<Measurement[]> {
  const costs: Cost[] = [];
  const { bare } = await interleave(runs, {
    bare: bareCost,
    dinit: async () => {
      costs.push(await cost());
      return 0;
    },
  });
  const total = costs.map(({ load, start }) => load + start);
  const floor = "a bare posix_spawn loop";
  return [
    {
      what: `processor time for ${SERVICES} services`,
      unit: "ms",
      values: total,
      beside: [beside(floor, total, bare)],
    },
    { what: "  of which reading their descriptions", unit: "ms", values: costs.map(({ load }) => load) },
    { what: "  of which starting them", unit: "ms", values: costs.map(({ start }) => start) },
    { what: "  of which the main thread, starting them", unit: "ms", values: costs.map(({ main }) => main) },
    { what: floor, unit: "ms", values: bare },
  ];
}

export const bench: BenchCase = { about: "processor time of starting 1,000 services", measure };
