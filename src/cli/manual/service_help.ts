/** `dinit help service`: all settings of service descriptions, from their table. */

import {
  ALL_TYPES,
  type Change,
  type Setting,
  SETTING_TABLE,
  type SettingTable,
} from "../../description/mod.ts";

/** The widest line of the text, in characters. */
const WIDTH = 80;

const INTRODUCTION =
  "A service description is a text file with one setting in each line: NAME = VALUE. The name of " +
  "the file is the name of the service. Behind each setting stands the form of its value: words in capitals stand " +
  "for something, [...] may be left out, and | separates alternatives. Behind a setting that holds a path stands " +
  "where the path begins if it is relative; the path of @include begins where that of env-file does.";

/** The whole text, with a newline at its end. */
export function serviceHelp(table: SettingTable = SETTING_TABLE): string {
  const lines = [...wrap(INTRODUCTION, "")];
  for (const { title, settings } of table.groups) {
    lines.push("", title.toUpperCase());
    for (const setting of settings) lines.push("", ...settingLines(setting));
  }
  return lines.join("\n") + "\n";
}

/** The text about one setting or flag, with a newline at its end; `undefined` if there is none. */
export function settingHelp(name: string, table: SettingTable = SETTING_TABLE): string | undefined {
  for (const { title, settings } of table.groups) {
    const setting = settings.find((one) =>
      one.name === name || one.flags?.some((flag) => flag.name === name)
    );
    if (setting === undefined) continue;
    const original = setting.aliasOf === undefined ? undefined : table.named(setting.aliasOf);
    const shown = original === undefined ? [setting] : [setting, original];
    return [`Setting (${title.toLowerCase()}):`, "", ...shown.flatMap(settingLines), ""].join("\n");
  }
  return undefined;
}

/** The names of all settings and their flags. */
export function settingNames(table: SettingTable = SETTING_TABLE): string[] {
  return table.settings.flatMap(({ name, flags = [] }) => [name, ...flags.map((flag) => flag.name)]);
}

function settingLines(setting: Setting): string[] {
  const { name, syntax, aliasOf, summary, flags = [] } = setting;
  if (aliasOf !== undefined) return [`  ${name}`, ...wrap(`another name of ${aliasOf}`, "      ")];
  return [
    ...wrap(`${name} = ${syntax}`, "  ", "        "),
    ...wrap([summary, ...settingFacts(setting)].join("; "), "      "),
    ...flags.flatMap((flag) => wrap(`${flag.name}: ${flag.summary}`, "        ", "            ")),
  ];
}

/** The help text about changing the value. A change that simply takes effect is not mentioned. */
const CHANGE_FACTS: Readonly<Record<Change, readonly string[]>> = {
  live: [],
  "next-start": [],
  restart: ["a new value takes effect after a restart"],
  never: ["cannot change while the service runs"],
};

/** The facts about a setting besides its summary, in short. */
export function settingFacts(
  { name, extension, extendedIn, change, default: standard, types, appends, repeats, substitution, base }:
    Setting,
): string[] {
  return [
    ...(standard === "" ? [] : [`default: ${standard}`]),
    ...(types.length === ALL_TYPES.length ? [] : [`for ${enumeration(types)} services`]),
    ...(repeats === "additive" ? ["may be repeated"] : []),
    ...(appends ? ["+= adds to it"] : []),
    ...(substitution === "none" ? [] : ["may hold variables"]),
    ...(base === "" ? [] : [`a relative path begins at ${base}`]),
    ...CHANGE_FACTS[change],
    ...(extension
      ? [`an extension: dinit 0.22.1 ignores it when it is written as @meta ${name} = VALUE`]
      : []),
    ...(extendedIn === undefined ? [] : [`dinit 0.22.1 ignores its new values as @meta ${name} = VALUE`]),
  ];
}

function enumeration(words: readonly string[]): string {
  return [words.slice(0, -1).join(", "), words.at(-1)].filter((part) => part !== "").join(" and ");
}

/**
 * Breaks a text into lines at its spaces.
 *
 * @param indent in front of the first line
 * @param hanging in front of the others. @default the same
 */
export function wrap(text: string, indent: string, hanging = indent): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const front = lines.length === 0 ? indent : hanging;
    if (line === "") {
      line = front + word;
    } else if (line.length + 1 + word.length <= WIDTH) {
      line += ` ${word}`;
    } else {
      lines.push(line);
      line = hanging + word;
    }
  }
  return [...lines, line];
}
