/** The results of a benchmark, as plain data: one program measures, and another one reports. */

import type { ChartPlace } from "./chart.ts";
import { median } from "./statistics.ts";

/** The required range of a median. */
export type Limit = { readonly atMost: number } | { readonly atLeast: number };

/** A measurement as a multiple of another one from the same rounds. */
export interface Comparison {
  /** The peer or floor, as in "beside …". */
  readonly with: string;
  /** One ratio per round. */
  readonly ratios: readonly number[];
  /** @default none */
  readonly limit?: Limit;
}

/** A quantity that was measured in each round. */
export interface Measurement {
  readonly what: string;
  /** The unit printed after a value, such as "ms". */
  readonly unit: string;
  /** One value per round. */
  readonly values: readonly number[];
  /** The limit of the value itself. @default none */
  readonly limit?: Limit;
  /** @default none */
  readonly beside?: readonly Comparison[];
  /** @default no chart shows it */
  readonly chart?: ChartPlace;
}

/** How to run a benchmark. */
export interface BenchContext {
  /** The number of rounds, at least 1. */
  readonly runs: number;
  /** Whether to also run other supervisors. */
  readonly peers: boolean;
  /** Prints a note that is not a number, for example about a missing program. */
  note(text: string): void;
}

/** A benchmark. Each file beside `mod.ts` exports one as `bench`. */
export interface BenchCase {
  /** One line about the subject of the measurement. */
  readonly about: string;
  measure(context: BenchContext): Promise<Measurement[]>;
}

/** The median must not exceed the limit. */
export function atMost(limit: number): Limit {
  return { atMost: limit };
}

/** The median must reach the limit. */
export function atLeast(limit: number): Limit {
  return { atLeast: limit };
}

/** Whether the median of some values meets a limit. */
export function isMet(values: readonly number[], limit: Limit): boolean {
  return "atMost" in limit ? median(values) <= limit.atMost : median(values) >= limit.atLeast;
}

/** Compares values with those of a peer or floor from the same rounds. */
export function beside(
  name: string,
  values: readonly number[],
  others: readonly number[],
  limit?: Limit,
): Comparison {
  if (values.length !== others.length) throw new RangeError(`Cannot compare with ${name}: the rounds differ`);
  const ratios = values.map((value, round) => value / others[round]);
  return { with: name, ratios, ...limit === undefined ? {} : { limit } };
}
