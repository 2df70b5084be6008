/** Hints on a wrong command line of `dinitctl`. Pure functions of its tables. */

import { type Command, COMMANDS } from "../../options/ctl_commands.ts";
import { DINITCTL_OPTIONS } from "../../options/dinitctl.ts";
import { namesOf, type OptionRow } from "../../options/mod.ts";
import { nearest } from "../../model/suggestion.ts";
import { usage } from "../ctl/help.ts";
import { printable } from "../shared/text_width.ts";

/** A word that is no sub-command. */
export function commandHint(word: string): string[] {
  const names = COMMANDS.map(({ name }) => name);
  const meant = nearest(word, names);
  return [meant === undefined ? `the commands are ${names.join(", ")}` : `did you mean '${meant}'?`];
}

/** An option that is unknown, or does not belong to this sub-command. */
export function optionHint(option: string, command: string | undefined): string[] {
  const [name, ...value] = option.split("=");
  const row = DINITCTL_OPTIONS.find((option) => namesOf(option).includes(name));
  if (row !== undefined) return [misplaced(row, name, value, command)];
  const meant = nearest(name, DINITCTL_OPTIONS.flatMap(namesOf));
  return meant === undefined ? [] : [`did you mean '${meant}'?`];
}

/** The problem of a known option. */
function misplaced(row: OptionRow, name: string, value: string[], command: string | undefined): string {
  if (row.local && !usersOf(row).some((user) => user.name === command)) {
    return `'${name}' goes behind ${usersOf(row).map((user) => `'${user.name}'`).join(" or ")}`;
  }
  if (row.value === undefined) return `'${name}' has no value`;
  return `write '${name} ${value.length === 0 ? row.value.name : printable(value.join("="))}'`;
}

function usersOf({ long }: OptionRow): Command[] {
  return COMMANDS.filter(({ options = [] }) => options.some((option) => option === long));
}

/** An invalid value of an option. */
export function valueHint(value: string | undefined, oneOf: readonly string[]): string[] {
  const meant = value === undefined ? undefined : nearest(value, oneOf);
  return meant === undefined ? [] : [`did you mean '${meant}'?`];
}

/** Words that do not match their sub-command: which are missing, wrong or extra, and its usage. */
export function wordsHint(name: string | undefined, words: readonly string[]): string[] {
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) return ["a command is missing, such as 'status'"];
  return [wordsProblem(command, words), `usage: dinitctl [options] ${usage(command)}`];
}

function wordsProblem({ name, words: expected, options = [] }: Command, words: readonly string[]): string {
  for (const [index, word] of words.entries()) {
    const row = expected[index] ?? (expected.at(-1)?.repeatable ? expected.at(-1) : undefined);
    if (row === undefined) return `'${printable(word)}' is one word too many for '${name}'`;
    if (row.oneOf !== undefined && !row.oneOf.includes(word)) {
      const meant = nearest(word, row.oneOf);
      return `${row.name} is one of ${row.oneOf.join(", ")}; not '${printable(word)}'` +
        (meant === undefined ? "" : `: did you mean '${meant}'?`);
    }
  }
  const missing = expected.slice(words.length).filter(({ optional }) => !optional).map((word) => word.name);
  if (missing.length > 0) return `${name} needs ${missing.join(" and ")}`;
  return options.includes("--list")
    ? `'${name} --list' takes no words`
    : `'${name}' does not take these words`;
}
