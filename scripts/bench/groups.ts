/** Starting many services, each with a control group, beside the same without groups. */

import { ServiceEvent } from "../../src/model/mod.ts";
import {
  atMost,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  beside,
  inFolder,
  interleave,
  type Measurement,
  numberedServices,
} from "./harness/mod.ts";

const COUNT = 1000;
const DESCRIPTION = "type = process\ncommand = /bin/sleep 100000";

/** Milliseconds per service until all are started. */
function startServices(groups: "auto" | "off"): Promise<number> {
  return inFolder(async (folder) => {
    const services = numberedServices(COUNT, DESCRIPTION);
    await using daemon = await BenchDaemon.start(folder, services, { args: [`--cgroups=${groups}`] });
    await daemon.handle("all");
    const begin = performance.now();
    const started = daemon.next("all", ServiceEvent.STARTED);
    await daemon.order("start", "all");
    await started;
    return (performance.now() - begin) / COUNT;
  });
}

async function measure({ runs }: BenchContext): Promise<Measurement[]> {
  const values = await interleave(runs, {
    with: () => startServices("auto"),
    without: () => startServices("off"),
  });
  return [{
    what: `start ${COUNT} services with control groups, each`,
    unit: "ms",
    values: values.with,
    beside: [beside("without groups", values.with, values.without, atMost(1.15))],
  }];
}

export const bench: BenchCase = { about: "start 1,000 services with a control group each", measure };
