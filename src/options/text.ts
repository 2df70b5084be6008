/** What help texts and manual pages share. Pure functions of rows. */

import type { OptionRow } from "./option.ts";
import { namesOf } from "./scan.ts";

/** An option with all its names, such as `-p, --socket-path PATH`. */
export function optionTerm(option: OptionRow): string {
  return withValue(option, namesOf(option).join(", "));
}

/** An option under one of its names, such as `--socket-path PATH`. */
export function withValue({ value }: OptionRow, name: string): string {
  if (value?.omissible) return `${name}[=${value.name}]`;
  return value === undefined ? name : `${name} ${value.name}`;
}

/** What an option does, in one line. */
export function helpOf({ help }: OptionRow): string {
  return help.trim().replaceAll("\n", " ");
}

/** Lines of two columns, the second of which begins at the same place in all. */
export function twoColumns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

/** The options of a program in two columns. */
export function optionColumns(options: readonly OptionRow[]): string[] {
  return twoColumns(options.map((option) => [optionTerm(option), helpOf(option)]));
}
