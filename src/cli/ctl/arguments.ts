/** Reads the command line of `dinitctl` from left to right (cli 1.1, 2). */

import { type Command, COMMANDS } from "../../options/ctl_commands.ts";
import { type CtlOptions, defaultOptions } from "../../options/ctl_values.ts";
import { DINITCTL_OPTIONS } from "../../options/dinitctl.ts";
import { type Option, optionOf, scan } from "../../options/mod.ts";
import { ctlFailure, ToolFailure } from "../shared/failure.ts";

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
  scan(args, options, {
    options: DINITCTL_OPTIONS,
    word(word) {
      if (command === undefined) command = commandOf(word);
      else if (word === "") throw ctlFailure("Invalid empty argument");
      else words.push(word);
    },
    unknown(arg) {
      throw unknownOption(arg, command);
    },
    meaning(arg) {
      const long = command?.spellings?.[arg];
      return long === undefined ? undefined : optionOf(long, DINITCTL_OPTIONS);
    },
    place(option, arg) {
      if (isMisplaced(option, command)) throw misplacedFailure(option, arg, command, words.length);
    },
    refused({ option, value }) {
      const { missing = USAGE, oneOf = [] } = option.value ?? {};
      return ctlFailure(missing).about({ kind: "option-value", value, oneOf });
    },
  });
  if (options.help) return { kind: "help", command };
  if (options.version) return { kind: "version" };
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

function commandOf(word: string): Command {
  const command = COMMANDS.find(({ name }) => name === word);
  if (command !== undefined) return command;
  throw ctlFailure(`unrecognized command: ${word} (use --help for help)`).about({
    kind: "unknown-command",
    word,
  });
}

/** Whether the option belongs behind certain commands, and this one is none of them. */
function isMisplaced({ local, long }: Option<CtlOptions>, command: Command | undefined): boolean {
  return local === true && !command?.options?.some((name) => name === long);
}

/** The error for a misplaced option: the reference stops reading there and judges what it has. */
function misplacedFailure(
  { extension }: Option<CtlOptions>,
  arg: string,
  command: Command | undefined,
  wordCount: number,
): ToolFailure {
  if (extension) return unknownOption(arg, command);
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

/** Throws `ToolFailure` if the words cannot be arguments of the sub-command. */
function checkWords(command: Command, words: readonly string[], options: CtlOptions): void {
  if (options.list || options.all) {
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
