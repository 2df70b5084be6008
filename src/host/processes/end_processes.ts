/** Ends the leftovers of a killed daemon. Signals by process id need all permissions. */

import { sleep } from "../sleep.ts";
import type { Journal } from "./journal_format.ts";
import { findLeftovers, type Leftover } from "./leftovers.ts";
import { processOf } from "./other_processes.ts";

/** How long killed processes may take to disappear, in milliseconds. */
const KILL_PATIENCE = 2000;

/** Options of `endProcesses`. */
export interface EndOptions {
  /** How long processes may take to end after the first signal, in milliseconds. @default 5000 */
  readonly patience?: number;
  /** How often to check whether they have ended, in milliseconds. @default 20 */
  readonly interval?: number;
}

/** Asks the groups of processes to end, and kills those that remain after the patience. */
export async function endProcesses(
  journal: Journal,
  found: readonly Leftover[],
  options: EndOptions = {},
): Promise<void> {
  const { patience = 5000, interval = 20 } = options;
  const gone = async (limit: number) => {
    const until = performance.now() + limit;
    while (left.length > 0 && performance.now() < until) {
      await sleep(interval);
      left = findLeftovers({ ...journal, entries: left.map(({ entry }) => entry) });
    }
  };
  let left = found;
  for (const leftover of left) signalGroup(leftover, "SIGTERM");
  await gone(patience);
  for (const leftover of left) signalGroup(leftover, "SIGKILL");
  await gone(KILL_PATIENCE);
}

/** Signals a group that was just seen to contain a process of a service. */
function signalGroup({ group }: Leftover, signal: Deno.Signal): void {
  if (group <= 1 || group === processOf(Deno.pid)?.group) return;
  try {
    Deno.kill(-group, signal);
  } catch (error) {
    if (!(error instanceof Error)) throw error; // it has ended meanwhile
  }
}
