/** Processor time of the daemon while nothing happens to its thousand services. */

import { ServiceEvent } from "../../src/model/mod.ts";
import {
  atMost,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  beside,
  cpuTime,
  inFolder,
  type Measurement,
  numberedServices,
  pause,
} from "./harness/mod.ts";

const SERVICES = 1000;
const MINUTE = 60_000;
/** The pause after the start, in milliseconds, during which V8 collects garbage. */
const REST = 10_000;

function measure({ runs }: BenchContext): Promise<Measurement[]> {
  return inFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/waiting.ts`, "setInterval(() => {}, 1e9);\n");
    const args = ["run", `${folder}/waiting.ts`];
    const waiting = new Deno.Command(Deno.execPath(), { args, stdin: "null" }).spawn();
    const description = "type = process\ncommand = /bin/sleep 100000";
    await using daemon = await BenchDaemon.start(folder, numberedServices(SERVICES, description));
    await daemon.handle("all");
    const started = daemon.next("all", ServiceEvent.STARTED);
    await daemon.order("start", "all");
    await started;
    await pause(REST);
    const [dinit, floor]: [number[], number[]] = [[], []];
    for (let run = 0; run < runs; run++) { // both are idle in the same minute
      const [dinitBefore, floorBefore] = [cpuTime(daemon.pid), cpuTime(waiting.pid)];
      await pause(MINUTE);
      dinit.push(cpuTime(daemon.pid) - dinitBefore);
      floor.push(cpuTime(waiting.pid) - floorBefore);
    }
    waiting.kill("SIGKILL");
    await waiting.status;
    const program = "a Deno program that waits";
    return [
      {
        what: `idle daemon with ${SERVICES} services, a minute`,
        unit: "ms",
        values: dinit,
        limit: atMost(20),
        beside: floor.every((value) => value > 0) ? [beside(program, dinit, floor)] : [],
      },
      { what: `${program}, a minute`, unit: "ms", values: floor },
    ];
  });
}

export const bench: BenchCase = { about: "processor time when idle", measure };
