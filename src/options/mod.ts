/**
 * The command lines of all programs: one table of options and commands, and one scanner. Each program has a file with
 * its rows, which it loads alone; `programs.ts` has all of them, for manual pages and completion.
 *
 * @module
 */

export type { CommandRow, Option, OptionRow, OptionValue, Word, WordKind } from "./option.ts";
export { namesOf, optionOf, type Reading, scan, type ValueFault } from "./scan.ts";
