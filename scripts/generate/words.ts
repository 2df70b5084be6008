/** The parts of the settings table that the generated files use. */

import type { Setting, SettingTable } from "../../src/description/mod.ts";

/** The literal words in the value of a setting; none if the value has another form. */
export function literalWords({ syntax, flags }: Setting): readonly string[] {
  if (flags !== undefined) return flags.map(({ name }) => name);
  const alternatives = syntax.split(" | ");
  return alternatives.length > 1 && alternatives.every((word) => /^[A-Za-z][A-Za-z0-9-]*$/.test(word))
    ? alternatives
    : [];
}

/** The names of all settings; a name comes before its own prefixes. */
export function settingNames({ settings }: SettingTable): string[] {
  return longestFirst(settings);
}

/** The names of the settings that may follow `@meta`, in the same order. */
export function extensionNames({ settings }: SettingTable): string[] {
  return longestFirst(settings.filter(({ extension, extendedIn }) => extension || extendedIn !== undefined));
}

function longestFirst(settings: readonly Setting[]): string[] {
  return settings.map(({ name }) => name).sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}

/** The settings whose values consist of known words. */
export function settingsWithWords(
  { settings }: SettingTable,
): { readonly name: string; readonly words: readonly string[] }[] {
  const rows = settings.map((setting) => ({ name: setting.name, words: literalWords(setting) }));
  return rows.filter(({ words }) => words.length > 0);
}

/** The commands after `@`. */
export const META_COMMANDS = ["include-opt", "include", "meta"] as const;
