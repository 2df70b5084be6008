/**
 * The stretches of time whose slots are dealt with: they have run, or it was decided that they do not. A slot in them
 * never runs again, even if somebody sets the clock back. There is one stretch, unless somebody sets the clock.
 */

import type { Times } from "./times.ts";

/** From the first millisecond to the last one, both included. */
export type Stretch = readonly [from: number, to: number];

/** More stretches than clocks are set in the time that anybody remembers. */
const MOST = 16;

/** What is dealt with. Stretches never overlap, and are in the order of time. */
export class DealtWith {
  #stretches: readonly Stretch[];

  /** Begins with what is known. */
  constructor(stretches: readonly Stretch[] = []) {
    this.#stretches = stretches.filter(([from, to]) => from <= to).toSorted(([a], [b]) => a - b);
  }

  /** All stretches. */
  get stretches(): readonly Stretch[] {
    return this.#stretches;
  }

  /** The next slot of these times that is not dealt with; it may be in the past. `undefined`: there is none. */
  next(times: Times, now: number): number | undefined {
    let after = this.#stretches.findLast(([from]) => from <= now)?.[1] ?? now;
    for (;;) {
      const slot = times.after(after);
      const stretch = slot === undefined ? undefined : this.#stretchOf(slot);
      if (stretch === undefined) return slot;
      after = stretch[1];
    }
  }

  /** All slots up to now are dealt with, as far as time has passed continuously. */
  extend(now: number): void {
    if (this.#stretchOf(now) !== undefined) return;
    const last = this.#stretches.findLast(([from]) => from <= now);
    if (last === undefined) this.begin(now);
    else this.#stretches = this.#stretches.map((stretch) => stretch === last ? [last[0], now] : stretch);
  }

  /** The clock was set: what lies between the last stretch and now has not passed. */
  begin(now: number): void {
    if (this.#stretchOf(now) !== undefined) return;
    this.#stretches = [...this.#stretches, [now, now] as const].toSorted(([a], [b]) => a - b);
    if (this.#stretches.length <= MOST) return;
    const [first, ...rest] = this.#stretches;
    this.#stretches = first[0] === now ? [first, ...rest.slice(1)] : rest;
  }

  #stretchOf(time: number): Stretch | undefined {
    return this.#stretches.find(([from, to]) => from <= time && time <= to);
  }
}
