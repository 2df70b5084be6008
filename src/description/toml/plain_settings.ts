/** Settings that a program has made, as the table of a service in a TOML file would have them. */

import { TomlError, type TomlPlace } from "./text.ts";
import type { TomlEntry, TomlTable, TomlValue } from "./values.ts";

/** One value of a setting. */
export type PlainScalar = string | number | boolean;
/** Settings by their names. */
export type PlainSettings = Readonly<
  Record<string, PlainScalar | readonly PlainScalar[] | Readonly<Record<string, PlainScalar>>>
>;

/**
 * The settings as a table. Throws `TomlError` for a text that no description can hold.
 *
 * @param place where a setting stands, for messages
 */
export function settingsTable(settings: PlainSettings, place: (setting: string) => TomlPlace): TomlTable {
  const table: TomlTable = new Map();
  for (const [key, value] of Object.entries(settings)) {
    table.set(key, entry(key, value, place(key)));
  }
  return table;
}

function entry(key: string, value: PlainSettings[string], place: TomlPlace): TomlEntry {
  if (typeof value !== "object") return { key, place, value: scalar(value, key, place) };
  if (Array.isArray(value)) {
    const items = value.map((item: PlainScalar) => scalar(item, key, place));
    return { key, place, value: { kind: "array", place, items } };
  }
  const inner: TomlTable = new Map(
    Object.entries(value).map(([name, one]) => [name, entry(name, one, place)]),
  );
  return { key, place, value: { kind: "table", place, table: inner } };
}

function scalar(value: PlainScalar, setting: string, place: TomlPlace): TomlValue {
  if (typeof value === "boolean") return { kind: "boolean", place, yes: value };
  if (typeof value === "number") return { kind: "number", place, text: numberText(value) };
  if (value.includes("\0") || !value.isWellFormed()) {
    throw new TomlError(`'${setting}' contains a character that no description can hold: remove it`, place);
  }
  return { kind: "string", place, inside: place, plain: false, text: value };
}

/** Settings take no exponents. */
function numberText(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(20).replace(/\.?0+$/, "") : text;
}
