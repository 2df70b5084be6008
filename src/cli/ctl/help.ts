/** The help text of `dinitctl`, made from its tables. */

import { type Command, COMMANDS } from "../../options/ctl_commands.ts";
import { DINITCTL_OPTIONS } from "../../options/dinitctl.ts";
import { type CommandRow, namesOf, type OptionRow, type Word } from "../../options/mod.ts";
import { helpOf, optionColumns, optionTerm, twoColumns, withValue } from "../../options/text.ts";

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
    ...twoColumns(DINITCTL_OPTIONS.map((option) => [optionTerm(option), optionSummary(option)])),
    "",
    `Dependency types: ${dependencyTypes().join(", ")}.`,
    "",
  ].join("\n");
}

/** What there is to know of one sub-command, with a newline at its end. */
export function commandHelp(command: Command): string {
  const own = DINITCTL_OPTIONS.filter(({ long }) => command.options?.some((option) => option === long));
  return [
    `dinitctl ${command.name}: ${command.summary}`,
    "",
    `Usage: dinitctl [options] ${usage(command)}`,
    ...(own.length === 0 ? [] : ["", ...optionColumns(own)]),
    "",
    "Options of all commands: dinitctl --help",
    "",
  ].join("\n");
}

/** A command with its own options and its arguments, such as `stop [--force] SERVICE`. */
export function usage({ name, options = [], words }: CommandRow): string {
  const own = options.map((option) => `[${withValue(optionRow(option), option)}]`);
  return [name, ...own, ...words.map(wordUsage)].join(" ");
}

function wordUsage({ name, optional, repeatable }: Word): string {
  const text = repeatable ? `${name}...` : name;
  return optional ? `[${text}]` : text;
}

function optionRow(name: string): OptionRow {
  return DINITCTL_OPTIONS.find((option) => namesOf(option).includes(name))!; // a command names options that there are
}

/** What an option does, and for an option of some commands only, which those are. */
function optionSummary(option: OptionRow): string {
  if (!option.local) return helpOf(option);
  const users = COMMANDS.filter(({ options }) => options?.some((name) => name === option.long));
  return `${users.map(({ name }) => name).join(", ")}: ${helpOf(option)}`;
}

function dependencyTypes(): readonly string[] {
  return COMMANDS.flatMap(({ words }) => words).find(({ oneOf }) => oneOf !== undefined)?.oneOf ?? [];
}
