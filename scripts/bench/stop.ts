/** Stopping many services: from the command until all of them have ended. */

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

const COUNTS = [1000, 5000];
const COMMAND = ["/bin/sleep", "100000"];

/** Milliseconds from the stop command until the last of many services has stopped. */
export function stopServices(count: number, options: BenchDaemonOptions = {}): Promise<number> {
  return inFolder(async (folder) => {
    const services = numberedServices(count, `type = process\ncommand = ${COMMAND.join(" ")}`);
    await using daemon = await BenchDaemon.start(folder, services, options);
    await daemon.handle("all");
    await daemon.handle("base");
    const started = daemon.next("all", ServiceEvent.STARTED);
    await daemon.order("start", "all");
    await started;
    const begin = performance.now();
    const stopped = daemon.next("base", ServiceEvent.STOPPED);
    await daemon.order("release", "all");
    await stopped;
    return performance.now() - begin;
  });
}

function stopBare(count: number, how: "each" | "together"): number {
  const loop = new BareLoop(COMMAND, new Map(Object.entries(Deno.env.toObject())), { asService: true });
  loop.start(count);
  return loop.stop(how);
}

async function measure({ runs }: BenchContext): Promise<Measurement[]> {
  const found: Measurement[] = [];
  for (const count of COUNTS) {
    const { each, together, dinit } = await interleave(runs, {
      each: () => stopBare(count, "each"),
      together: () => stopBare(count, "together"),
      dinit: () => stopServices(count),
    });
    const slower = each.map((value, round) => Math.max(value, together[round]));
    const limit = count === 1000 ? atMost(1.3) : undefined;
    found.push(
      {
        what: `stop ${count} services`,
        unit: "ms",
        values: dinit,
        beside: [beside("the slower of the loops below", dinit, slower, limit)],
      },
      { what: `kill and waitpid, one after the other (${count})`, unit: "ms", values: each },
      { what: `kill all, then waitpid all (${count})`, unit: "ms", values: together },
    );
  }
  return found;
}

export const bench: BenchCase = { about: "stop 1,000 and 5,000 services", measure };
