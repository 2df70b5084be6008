/** The help text of `dinitctl`, made from its tables. */

import { type Command, COMMANDS, type CommandWord } from "./commands.ts";
import { type OptionRow, OPTIONS } from "./options.ts";

/** The whole text, with a newline at its end. */
export function ctlHelp(): string {
  return [
    "dinitctl: control dinit services",
    "",
    "Usage:",
    ...COMMANDS.map((command) => `    dinitctl [options] ${usage(command)}`),
    "",
    "Commands:",
    ...twoColumns(COMMANDS.map(({ name, summary }) => [name, summary])),
    "",
    "Options:",
    ...twoColumns(OPTIONS.map((option) => [optionUsage(option), optionSummary(option)])),
    "",
    `Dependency types: ${dependencyTypes().join(", ")}.`,
    "",
  ].join("\n");
}

/** What there is to know of one sub-command, with a newline at its end. */
export function commandHelp(command: Command): string {
  const own = OPTIONS.filter(({ names }) => command.options?.some((option) => names.includes(option)));
  return [
    `dinitctl ${command.name}: ${command.summary}`,
    "",
    `Usage: dinitctl [options] ${usage(command)}`,
    ...(own.length === 0
      ? []
      : ["", ...twoColumns(own.map((option) => [optionUsage(option), option.summary]))]),
    "",
    "Options of all commands: dinitctl --help",
    "",
  ].join("\n");
}

/** A sub-command with its own options and its arguments, such as `stop [--force] SERVICE`. */
export function usage({ name, options = [], words }: Command): string {
  const own = options.map((option) => `[${valueUsage(optionRow(option), option)}]`);
  return [name, ...own, ...words.map(wordUsage)].join(" ");
}

function wordUsage({ name, optional, repeatable }: CommandWord): string {
  const text = repeatable ? `${name}...` : name;
  return optional ? `[${text}]` : text;
}

function optionRow(name: string): OptionRow {
  return OPTIONS.find(({ names }) => names.includes(name))!;
}

function valueUsage({ value }: OptionRow, name: string): string {
  return value === undefined ? name : `${name} ${value.name}`;
}

function optionUsage(option: OptionRow): string {
  return valueUsage(option, option.names.join(", "));
}

/** The summary, and for an option of some sub-commands only, which those are. */
function optionSummary({ names, local, summary }: OptionRow): string {
  if (!local) return summary;
  const users = COMMANDS.filter(({ options }) => options?.some((option) => names.includes(option)));
  return `${users.map(({ name }) => name).join(", ")}: ${summary}`;
}

function dependencyTypes(): readonly string[] {
  return COMMANDS.flatMap(({ words }) => words).find(({ oneOf }) => oneOf !== undefined)?.oneOf ?? [];
}

function twoColumns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
