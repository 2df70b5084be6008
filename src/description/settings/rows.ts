/** The common parts of the rows of the settings table. */

import { Mistake } from "../text/mistake.ts";
import type { Setting } from "./setting.ts";
import { ALL_TYPES } from "./type_names.ts";

export { PROCESSES, RESTARTED, SCRIPT_TYPES, START_TYPES } from "./type_names.ts";

/** The fields of a row that most settings have in common. */
export type RowDefaults =
  | "value"
  | "extension"
  | "combined"
  | "appends"
  | "repeats"
  | "substitution"
  | "types"
  | "default"
  | "base"
  | "needs";

/** Where relative paths begin (service description 3.10). */
export const PATH_BASES = {
  daemon: "the working directory of the daemon",
  service: "the working directory of the service (working-dir)",
  file: "the directory of the file that holds the line, behind symbolic links",
  named: "the directory of the file that holds the line",
  program:
    "the working directory of the service (working-dir); an executable without a slash is searched in PATH",
  cgroup: "the control group of the daemon; with a slash in front, at /sys/fs/cgroup",
} as const;

/** A row of the table. Fields that most settings have in common may be omitted. */
export function settingRow(
  setting: Omit<Setting, RowDefaults> & Partial<Pick<Setting, RowDefaults>>,
): Setting {
  // All rows have the same fields in the same order, so that V8 gives them one shape and the loader reads them fast.
  return {
    value: "text",
    extension: false,
    combined: false,
    appends: false,
    repeats: "override",
    substitution: "none",
    types: ALL_TYPES,
    default: "",
    base: "",
    needs: [],
    hashInWords: undefined,
    extensionValues: undefined,
    path: undefined,
    remark: undefined,
    refusal: undefined,
    flags: undefined,
    dependency: undefined,
    show: undefined,
    withoutEffect: undefined,
    ...setting,
  };
}

/** The meaning of a word. Any other word is a mistake with the given message. */
export function meaningOf<Meaning>(
  words: ReadonlyMap<string, Meaning>,
  text: string,
  message: string,
): Meaning {
  const meaning = words.get(text);
  if (meaning === undefined) throw new Mistake(message, { code: "unknown-word" });
  return meaning;
}
