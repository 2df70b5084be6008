/** How late scheduled services run: a hundred services, one run of each every two seconds. */

import type { RunsDocument } from "../../src/model/schedule_status.ts";
import {
  atMost,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  inFolder,
  type Measurement,
  numberedServices,
  pause,
} from "./harness/mod.ts";
import { ServiceEvent } from "../../src/model/mod.ts";

const SERVICES = 100;
const INTERVAL = 2_000;
/** The length of a round, in milliseconds: so many runs as the daemon remembers. */
const ROUND = 40_000;

/** How late each run of a service was, in milliseconds: the earliest one of the rhythm counts as punctual. */
function lateness({ runs }: RunsDocument): number[] {
  const phases = runs.map(({ at }) => at).toSorted((a, b) => a - b);
  const [first] = phases;
  const off = phases.map((at) => (at - first) - Math.round((at - first) / INTERVAL) * INTERVAL);
  const earliest = Math.min(...off);
  return off.map((time) => time - earliest);
}

function measure({ runs }: BenchContext): Promise<Measurement[]> {
  return inFolder(async (folder) => {
    const description =
      `type = scheduled\ncommand = /bin/true\nschedule-interval = ${INTERVAL}ms\nschedule-jitter = ${INTERVAL}ms`;
    await using daemon = await BenchDaemon.start(folder, numberedServices(SERVICES, description));
    const names = Array.from({ length: SERVICES }, (_, index) => `s${index}`);
    await daemon.handle("all");
    const started = daemon.next("all", ServiceEvent.STARTED);
    await daemon.order("start", "all");
    await started;
    const rounds: number[] = [];
    for (let run = 0; run < runs; run++) {
      await pause(ROUND);
      const client = await daemon.client();
      const all: number[] = [];
      for (const name of names) {
        all.push(...lateness(await client.query(`runs ${await daemon.handle(name)}`) as RunsDocument)); // its own document
      }
      all.sort((a, b) => a - b);
      rounds.push(all[Math.floor(all.length * 0.99)]);
    }
    const what = `lateness of a run, 99 of 100, with ${SERVICES} services every ${INTERVAL / 1000} s`;
    return [{ what, unit: "ms", values: rounds, limit: atMost(50) }];
  });
}

export const bench: BenchCase = { about: "the lateness of scheduled runs", measure };
