/**
 * Values in a form that JSON can represent: maps, sets and bigints become objects with one marked key, and undefined
 * becomes null, which the engine does not use otherwise.
 */

/** The values that JSON can represent. */
export type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

/** The value as plain data. */
export function toPlain(value: unknown): Plain {
  if (value === undefined) return null;
  if (typeof value === "bigint") return { $bigint: value.toString() };
  if (value instanceof Map) return { $map: [...value].map(toPlain) };
  if (value instanceof Set) return { $set: [...value].map(toPlain) };
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== "object" || value === null) return value as Plain;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toPlain(inner)]));
}

/** The original value. */
export function fromPlain(plain: Plain): unknown {
  if (plain === null) return undefined;
  if (Array.isArray(plain)) return plain.map(fromPlain);
  if (typeof plain !== "object") return plain;
  if ("$bigint" in plain) return BigInt(plain.$bigint as string);
  if ("$map" in plain) return new Map(fromPlain(plain.$map) as [unknown, unknown][]);
  if ("$set" in plain) return new Set(fromPlain(plain.$set) as unknown[]);
  return Object.fromEntries(Object.entries(plain).map(([key, inner]) => [key, fromPlain(inner)]));
}
