/** What a benchmark finds out, as plain data: programs of their own measure, and another one reports. */

import { median } from "./statistics.ts";

/** What a median has to be. */
export type Limit = { readonly atMost: number } | { readonly atLeast: number };

/** A measurement as a multiple of another one of the same rounds. */
export interface Comparison {
  /** The peer or floor, as in "beside …". */
  readonly with: string;
  /** One ratio for each round. */
  readonly ratios: readonly number[];
  /** @default none */
  readonly limit?: Limit;
}

/** One thing that was measured in each round. */
export interface Measurement {
  readonly what: string;
  /** As printed behind a value, such as "ms". */
  readonly unit: string;
  /** One value for each round. */
  readonly values: readonly number[];
  /** Where the value itself has a limit. @default none */
  readonly limit?: Limit;
  /** @default none */
  readonly beside?: readonly Comparison[];
}

/** How a benchmark is to be run. */
export interface BenchContext {
  /** How many rounds there are to be, at least 1. */
  readonly runs: number;
  /** Whether to run other supervisors, too. */
  readonly peers: boolean;
  /** Tells the reader something that is no number, such as what is missing. */
  note(text: string): void;
}

/** A benchmark. Each file beside `mod.ts` exports one as `bench`. */
export interface BenchCase {
  /** A line on what it measures. */
  readonly about: string;
  measure(context: BenchContext): Promise<Measurement[]>;
}

/** The median must not be larger. */
export function atMost(limit: number): Limit {
  return { atMost: limit };
}

/** The median must not be smaller. */
export function atLeast(limit: number): Limit {
  return { atLeast: limit };
}

/** Whether the median of some values is within a limit. */
export function isMet(values: readonly number[], limit: Limit): boolean {
  return "atMost" in limit ? median(values) <= limit.atMost : median(values) >= limit.atLeast;
}

/** Compares values with those of the same rounds of a peer or floor. */
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
