/** What the rows of the settings table have in common. */

import { Mistake } from "./_mistake.ts";
import type { Setting } from "./setting.ts";
import { ALL_TYPES } from "./type_names.ts";

export { PROCESSES, SCRIPT_TYPES } from "./type_names.ts";

type Defaults = "value" | "appends" | "repeats" | "substitution" | "types" | "default";

/** A row of the table: what most settings have in common need not be said. */
export function row(
  setting: Omit<Setting, Defaults> & Partial<Pick<Setting, Defaults>>,
): Setting {
  return {
    value: "text",
    appends: false,
    repeats: "override",
    substitution: "none",
    types: ALL_TYPES,
    default: "",
    ...setting,
  };
}

/** Looks a word up; any other word is a mistake with the given message. */
export function oneOf<Meaning>(words: ReadonlyMap<string, Meaning>, text: string, message: string): Meaning {
  const meaning = words.get(text);
  if (meaning === undefined) throw new Mistake(message, { code: "unknown-word" });
  return meaning;
}
