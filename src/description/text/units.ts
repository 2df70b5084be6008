/**
 * Durations and sizes with units, for extensions. Settings that dinit 0.22.1 has accept no units: their values are read
 * as dinit reads them (see numbers.ts).
 */

import { Mistake } from "./mistake.ts";

/** The units of durations, in milliseconds. */
const DURATION_UNITS: ReadonlyMap<string, number> = new Map([
  ["", 1000],
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** The units of sizes, in bytes. */
const SIZE_UNITS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["K", 1024],
  ["M", 1024 ** 2],
  ["G", 1024 ** 3],
]);

/** The names of the units of durations; a number without a unit is in seconds. */
export const DURATION_UNIT_NAMES: readonly string[] = [...DURATION_UNITS.keys()].filter((name) =>
  name !== ""
);
/** The names of the units of sizes; a number without a unit is in bytes. */
export const SIZE_UNIT_NAMES: readonly string[] = [...SIZE_UNITS.keys()].filter((name) => name !== "");

/** The form of durations, for the `syntax` of a row. */
export const DURATION_SYNTAX = "DURATION (such as 0.5, 500ms, 30s, 15m, 2h, 7d)";
/** The form of sizes, for the `syntax` of a row. */
export const SIZE_SYNTAX = "SIZE (in bytes, or such as 512K, 10M, 1G)";

/**
 * A duration in milliseconds: a number with an optional fraction and an optional unit, `ms`, `s`, `m`, `h` or `d`;
 * without a unit it is in seconds.
 * @throws {Mistake} The text has another form, or the duration exceeds 2^53 milliseconds.
 */
export function parseDuration(text: string): number {
  const match = /^([0-9]+(?:\.[0-9]+)?)([a-z]*)$/.exec(text);
  const value = Number(match?.[1]) * (DURATION_UNITS.get(match?.[2] ?? "") ?? NaN);
  if (value <= Number.MAX_SAFE_INTEGER) return value;
  throw new Mistake(
    `bad duration '${text}': write a number of seconds, or a number with a unit: 500ms, 30s, 15m, 2h, 7d`,
    { code: "bad-duration" },
  );
}

/**
 * A size in bytes: a whole number with an optional unit, `K`, `M` or `G`, which are powers of 1024.
 * @throws {Mistake} The text has another form, or the size is 2^53 or more.
 */
export function parseSize(text: string): number {
  const match = /^([0-9]+)([A-Z]*)$/.exec(text);
  const value = Number(match?.[1]) * (SIZE_UNITS.get(match?.[2] ?? "") ?? NaN);
  if (value <= Number.MAX_SAFE_INTEGER) return value;
  throw new Mistake(
    `bad size '${text}': write a number of bytes, or a number with a unit: 512K, 10M, 1G`,
    { code: "bad-size" },
  );
}
