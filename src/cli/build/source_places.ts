/** Where a service file names a setting: a search in its text, which is right for what people write. */

import type { TomlPlace } from "../../description/toml/mod.ts";

/** What is shown if the place is not certain. */
const BEGINNING: TomlPlace = { line: 1, column: 1 };

/**
 * Finds the place of a setting in the text of a file: the one property of that name. If there are several, or none
 * because the name is computed or stands in another file, it is the beginning.
 */
export function placeOfSetting(source: string, setting: string): TomlPlace {
  const name = setting.replaceAll(/[^\w]/g, "\\$&");
  const found = [...source.matchAll(new RegExp(`(?<![\\w$.-])(["']?)${name}\\1\\s*:`, "g"))];
  if (found.length !== 1) return BEGINNING;
  const before = source.slice(0, found[0].index).split("\n");
  return { line: before.length, column: [...before[before.length - 1]].length + 1 };
}
