/** From the start of the daemon's program until its control socket is usable. */

import {
  atMost,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  beside,
  DINIT_BINARY,
  emptyProgram,
  inFolder,
  interleave,
  type Measurement,
} from "./harness/mod.ts";

/** The largest ratio to the empty program. */
const LIMIT = atMost(DINIT_BINARY === undefined ? 2 : 1.5);
/** Starts of each program in one round: a single start is too short to measure. */
const STARTS = 5;

async function startDaemon(): Promise<number> {
  return await inFolder(async (folder) => {
    await using daemon = await BenchDaemon.start(folder, {});
    return daemon.readyAfter;
  });
}

function measure({ runs }: BenchContext): Promise<Measurement[]> {
  return inFolder(async (folder) => {
    const { empty, daemon } = await interleave(runs * STARTS, {
      empty: emptyProgram(folder),
      daemon: startDaemon,
    }, 2);
    const program = "an empty Deno program";
    return [
      { what: program, unit: "ms", values: empty },
      {
        what: "daemon, until its socket is ready",
        unit: "ms",
        values: daemon,
        beside: [beside(program, daemon, empty, LIMIT)],
      },
    ];
  });
}

export const bench: BenchCase = { about: "start of the daemon", measure };
