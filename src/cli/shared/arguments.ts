/** Reads the command line of `dinitctl` from left to right (cli 1.1, 2). */

import { type Command, COMMANDS } from "../ctl/commands.ts";
import { ctlFailure, ToolFailure } from "./failure.ts";
import {
  type CtlOptions,
  defaultOptions,
  type OptionRow,
  OPTIONS,
  type OptionValue,
} from "../ctl/options.ts";

/** The request of a command line. */
export type Invocation =
  | { readonly kind: "version" }
  /** Help on a sub-command; `undefined`: on all. */
  | { readonly kind: "help"; readonly command: Command | undefined }
  | {
    readonly kind: "command";
    readonly command: Command;
    /** The words after the sub-command that are no options; their number matches the sub-command. */
    readonly words: readonly string[];
    readonly options: Readonly<CtlOptions>;
  };

/** Scans the arguments. Throws `ToolFailure` at the first wrong one; later arguments are not scanned. */
export function scanArguments(args: readonly string[]): Invocation {
  if (args.length === 0) return { kind: "help", command: undefined };
  const options = defaultOptions();
  const words: string[] = [];
  let command: Command | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg.startsWith("-")) {
      if (isMisplaced(arg, command)) throw misplacedFailure(arg, command, words.length);
      i += scanOption(arg, args[i + 1], command, options);
      if (options.help) return { kind: "help", command };
      if (options.version) return { kind: "version" };
    } else if (command === undefined) {
      command = COMMANDS.find(({ name }) => name === arg);
      if (command === undefined) {
        throw ctlFailure(`unrecognized command: ${arg} (use --help for help)`).about({
          kind: "unknown-command",
          word: arg,
        });
      }
    } else if (arg === "") {
      throw ctlFailure("Invalid empty argument");
    } else {
      words.push(arg);
    }
  }
  if (command === undefined) throw usageFailure(undefined, []);
  checkWords(command, words, options);
  if (options.offline && !command.offline) {
    const names = COMMANDS.filter(({ offline }) => offline).map(({ name }) => `'${name}'`).join(" and ");
    throw ctlFailure("offline mode (--offline/-o) not supported for this command").about({
      kind: "text",
      text: `'${command.name}' needs a daemon; ${names} can do without`,
    });
  }
  return { kind: "command", command, words, options };
}

/** The option of an argument; the value of an extension may follow a `=`. */
function optionRow(arg: string): OptionRow | undefined {
  const [name] = arg.split("=", 1);
  return OPTIONS.find(({ names, extension, value }) =>
    names.includes(arg) || (extension === true && value !== undefined && names.includes(name))
  );
}

/** Whether the option belongs to certain sub-commands, but not to this one. */
function isMisplaced(arg: string, command: Command | undefined): boolean {
  const row = optionRow(arg);
  return row?.local === true && command?.options?.some((name) => row.names.includes(name)) !== true;
}

/** The error for a misplaced option: the reference stops there and judges the arguments so far. */
function misplacedFailure(arg: string, command: Command | undefined, wordCount: number): ToolFailure {
  if (optionRow(arg)?.extension) return unknownOption(arg, command);
  const missing = command?.words.filter(({ optional }) => !optional)[wordCount]?.missing;
  const failure = missing === undefined ? new ToolFailure(USAGE) : ctlFailure(missing);
  return failure.about({ kind: "unknown-option", option: arg, command: command?.name });
}

function unknownOption(arg: string, command: Command | undefined): ToolFailure {
  return ctlFailure(`unrecognized/invalid option: ${arg} (use --help for help)`).about({
    kind: "unknown-option",
    option: arg,
    command: command?.name,
  });
}

/** Enters one option. Returns how many of the arguments behind it belong to it. */
function scanOption(
  arg: string,
  next: string | undefined,
  command: Command | undefined,
  options: CtlOptions,
): number {
  const row = optionRow(arg);
  if (row === undefined) throw unknownOption(arg, command);
  const equals = arg.indexOf("=");
  if (row.value === undefined) {
    row.apply(options, "");
    return 0;
  }
  const value = equals === -1 ? next : arg.slice(equals + 1);
  if (value === undefined || !isAcceptable(value, row.value)) {
    const { missing, oneOf = [] } = row.value;
    throw ctlFailure(missing).about({ kind: "option-value", value, oneOf });
  }
  row.apply(options, value);
  return equals === -1 ? 1 : 0;
}

function isAcceptable(value: string, { oneOf, pattern }: OptionValue): boolean {
  return value !== "" && (oneOf?.includes(value) ?? true) && (pattern?.test(value) ?? true);
}

/** Throws `ToolFailure` if the words cannot be arguments of the sub-command. */
function checkWords(command: Command, words: readonly string[], options: CtlOptions): void {
  if (options.list) {
    if (words.length > 0) throw usageFailure(command.name, words);
    return;
  }
  const needed = command.words.filter(({ optional }) => !optional);
  if (words.length < needed.length) {
    const { missing } = needed[words.length];
    const failure = missing === undefined ? usageFailure(command.name, words) : ctlFailure(missing);
    throw failure.about({ kind: "words", command: command.name, words });
  }
  const repeatable = command.words.at(-1)?.repeatable ?? false;
  if (words.length > command.words.length && !repeatable) throw usageFailure(command.name, words);
  for (const [index, { oneOf }] of command.words.entries()) {
    if (oneOf !== undefined && !oneOf.includes(words[index])) throw usageFailure(command.name, words);
  }
}

const USAGE = "dinitctl: Invalid command line.\nTry 'dinitctl --help' for more information.";

/** The words do not match the sub-command. */
function usageFailure(command: string | undefined, words: readonly string[]): ToolFailure {
  return new ToolFailure(USAGE).about({ kind: "words", command, words });
}
