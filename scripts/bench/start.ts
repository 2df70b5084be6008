/** Starting many services: from the command until all of them run. */

import { ServiceEvent } from "../../src/model/mod.ts";
import {
  atMost,
  BareLoop,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  type BenchDaemonOptions,
  beside,
  inFolder,
  interleave,
  type Measurement,
  numberedServices,
} from "./harness/mod.ts";

const COUNTS = [100, 1000, 5000];
const COMMAND = ["/bin/sleep", "100000"];
const DESCRIPTION = `type = process\ncommand = ${COMMAND.join(" ")}`;

/** Milliseconds to load the descriptions of many services, and to start them. */
export function startServices(
  count: number,
  options: BenchDaemonOptions = {},
): Promise<{ load: number; start: number }> {
  return inFolder(async (folder) => {
    await using daemon = await BenchDaemon.start(folder, numberedServices(count, DESCRIPTION), options);
    await daemon.client();
    const begin = performance.now();
    await daemon.handle("all");
    const loaded = performance.now();
    const started = daemon.next("all", ServiceEvent.STARTED);
    await daemon.order("start", "all");
    await started;
    return { load: loaded - begin, start: performance.now() - loaded };
  });
}

function startBare(count: number): number {
  const environment = new Map(Object.entries(Deno.env.toObject()));
  const loop = new BareLoop(COMMAND, environment, { asService: true });
  const elapsed = loop.start(count);
  loop.stop("together");
  return elapsed;
}

async function measure({ runs }: BenchContext): Promise<Measurement[]> {
  const loads: number[] = [];
  const sides: Record<string, () => number | Promise<number>> = {};
  for (const count of COUNTS) {
    sides[`bare ${count}`] = () => startBare(count) / count;
    sides[`dinit ${count}`] = async () => {
      const { load, start } = await startServices(count);
      if (count === 1000) loads.push(load / count);
      return (load + start) / count;
    };
  }
  const values = await interleave(runs, sides);
  const perService = (count: number) => values[`dinit ${count}`];
  const floor = (count: number) => values[`bare ${count}`];
  const bare = "a bare posix_spawn loop";
  return [
    ...COUNTS.map((count): Measurement => ({
      what: `start ${count} services, each`,
      unit: "ms",
      values: perService(count),
      beside: [
        beside(bare, perService(count), floor(count), count === 1000 ? atMost(1.25) : undefined),
        ...count === 5000 ? [beside("1000 services", perService(5000), perService(1000), atMost(1.2))] : [],
      ],
    })),
    { what: "  of which reading its description (1000)", unit: "ms", values: loads },
    { what: `${bare}, each (1000)`, unit: "ms", values: floor(1000) },
  ];
}

export const bench: BenchCase = { about: "start 100, 1,000 and 5,000 services", measure };
