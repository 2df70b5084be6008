/** Reads the command line of `dinitctl` from left to right (cli 1.1, 2). */

import { type Command, COMMANDS } from "./commands.ts";
import { ctlFailure, ToolFailure } from "./failure.ts";
import { type CtlOptions, defaultOptions, type OptionRow, OPTIONS, type OptionValue } from "./options.ts";

/** What a command line asks for. */
export type Invocation =
  | { readonly kind: "help" | "version" }
  | {
    readonly kind: "command";
    readonly command: Command;
    /** The words behind the sub-command that are no options; their number fits the sub-command. */
    readonly words: readonly string[];
    readonly options: Readonly<CtlOptions>;
  };

/** Scans the arguments. Throws `ToolFailure` at the first that is wrong; those behind it are not looked at. */
export function scanArguments(args: readonly string[]): Invocation {
  if (args.length === 0) return { kind: "help" };
  const options = defaultOptions();
  const words: string[] = [];
  let command: Command | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg.startsWith("-")) {
      if (isMisplaced(arg, command)) throw misplacedFailure(arg, command, words);
      i += scanOption(arg, args[i + 1], options);
      if (options.help) return { kind: "help" };
      if (options.version) return { kind: "version" };
    } else if (command === undefined) {
      command = COMMANDS.find(({ name }) => name === arg);
      if (command === undefined) throw ctlFailure(`unrecognized command: ${arg} (use --help for help)`);
    } else if (arg === "") {
      throw ctlFailure("Invalid empty argument");
    } else {
      words.push(arg);
    }
  }
  if (command === undefined) throw usageFailure();
  checkWords(command, words, options);
  if (options.offline && !command.offline) {
    throw ctlFailure("offline mode (--offline/-o) not supported for this command");
  }
  return { kind: "command", command, words, options };
}

/** The option that an argument is, which may have its value behind a `=` if it is an extension. */
function optionRow(arg: string): OptionRow | undefined {
  const [name] = arg.split("=", 1);
  return OPTIONS.find(({ names, extension, value }) =>
    names.includes(arg) || (extension === true && value !== undefined && names.includes(name))
  );
}

/** Whether the option belongs behind certain sub-commands, and this one is none of them. */
function isMisplaced(arg: string, command: Command | undefined): boolean {
  const row = optionRow(arg);
  return row?.local === true && command?.options?.some((name) => row.names.includes(name)) !== true;
}

/** What is said about a misplaced option: the reference stops reading there and judges what it has. */
function misplacedFailure(arg: string, command: Command | undefined, words: readonly string[]): ToolFailure {
  if (optionRow(arg)?.extension) return unknownOption(arg);
  const missing = command?.words.filter(({ optional }) => !optional)[words.length]?.missing;
  return missing === undefined ? usageFailure() : ctlFailure(missing);
}

function unknownOption(arg: string): ToolFailure {
  return ctlFailure(`unrecognized/invalid option: ${arg} (use --help for help)`);
}

/** Enters one option. Returns how many of the arguments behind it belong to it. */
function scanOption(arg: string, next: string | undefined, options: CtlOptions): number {
  const row = optionRow(arg);
  if (row === undefined) throw unknownOption(arg);
  const equals = arg.indexOf("=");
  if (row.value === undefined) {
    row.apply(options, "");
    return 0;
  }
  const value = equals === -1 ? next : arg.slice(equals + 1);
  if (value === undefined || !isAcceptable(value, row.value)) throw ctlFailure(row.value.missing);
  row.apply(options, value);
  return equals === -1 ? 1 : 0;
}

function isAcceptable(value: string, { oneOf, pattern }: OptionValue): boolean {
  return value !== "" && (oneOf?.includes(value) ?? true) && (pattern?.test(value) ?? true);
}

/** Throws `ToolFailure` if the words cannot be arguments of the sub-command. */
function checkWords(command: Command, words: readonly string[], options: CtlOptions): void {
  if (options.list) {
    if (words.length > 0) throw usageFailure();
    return;
  }
  const needed = command.words.filter(({ optional }) => !optional);
  if (words.length < needed.length) {
    const { missing } = needed[words.length];
    throw missing === undefined ? usageFailure() : ctlFailure(missing);
  }
  const repeatable = command.words.at(-1)?.repeatable ?? false;
  if (words.length > command.words.length && !repeatable) throw usageFailure();
  for (const [index, { oneOf }] of command.words.entries()) {
    if (oneOf !== undefined && !oneOf.includes(words[index])) throw usageFailure();
  }
}

/** The words do not fit the sub-command. */
export function usageFailure(): ToolFailure {
  return new ToolFailure("dinitctl: Invalid command line.\nTry 'dinitctl --help' for more information.");
}
