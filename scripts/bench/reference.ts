/**
 * The same work for dinit 0.22.1 in C++, whose program `DINIT_REFERENCE` names: both are steered over the same control
 * protocol, in turns. Without it, the case is skipped.
 */

import {
  atMost,
  type BenchCase,
  type BenchContext,
  beside,
  DINIT_REFERENCE,
  interleave,
  type Limit,
  type Measurement,
  whileBusy,
} from "./harness/mod.ts";
import { restarts } from "./restart.ts";
import { startServices } from "./start.ts";
import { stopServices } from "./stop.ts";

/** A piece of work. `program`: the other program, or this one. */
interface Work {
  readonly what: string;
  /** The largest ratio to the other program. */
  readonly limit: Limit;
  /** Returns milliseconds. */
  run(program?: string): Promise<number>;
}

async function startAll(count: number, program?: string): Promise<number> {
  const { load, start } = await startServices(count, { program });
  return load + start;
}

const WORK: readonly Work[] = [
  { what: "start 1000 services", limit: atMost(0.85), run: (program) => startAll(1000, program) },
  { what: "start 5000 services", limit: atMost(0.55), run: (program) => startAll(5000, program) },
  {
    what: "start 1000 services beside two busy loops",
    limit: atMost(1),
    run: (program) => whileBusy(() => startAll(1000, program)),
  },
  {
    what: "death to replacement beside two busy loops",
    limit: atMost(1.2),
    run: (program) => whileBusy(() => restarts({ program })),
  },
  { what: "stop 1000 services", limit: atMost(1), run: (program) => stopServices(1000, { program }) },
];

async function measure({ runs, note }: BenchContext): Promise<Measurement[]> {
  if (DINIT_REFERENCE === undefined) {
    note("skipped: DINIT_REFERENCE names no dinit 0.22.1 to compare with");
    return [];
  }
  const found: Measurement[] = [];
  for (const { what, limit, run } of WORK) {
    const { ours, theirs } = await interleave(runs, {
      ours: () => run(),
      theirs: () => run(DINIT_REFERENCE),
    });
    found.push(
      { what, unit: "ms", values: ours, beside: [beside("dinit 0.22.1 in C++", ours, theirs, limit)] },
      { what: "  the same with dinit 0.22.1 in C++", unit: "ms", values: theirs },
    );
  }
  return found;
}

export const bench: BenchCase = { about: "the same work for dinit in C++ (DINIT_REFERENCE)", measure };
