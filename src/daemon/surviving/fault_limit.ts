import type { FaultLimit } from "../../options/dinit.ts";

/**
 * Whether the daemon has had too many faults. `times`: when they happened, by the engine's clock in milliseconds, with
 * the last one.
 */
export function isTooMany(times: readonly number[], { count, seconds }: FaultLimit): boolean {
  return count > 0 && recentFaults(times, seconds).length >= count;
}

/** The faults within this time before the last one, with it. */
export function recentFaults(times: readonly number[], seconds: number): number[] {
  const last = times.at(-1);
  return last === undefined ? [] : times.filter((time) => time > last - 1000 * seconds);
}
