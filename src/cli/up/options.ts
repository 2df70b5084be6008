/** Reads the command lines of `dinit up` and `dinit down`, and words their help. */

import {
  DINIT_DOWN_OPTIONS,
  DINIT_UP_OPTIONS,
  type DownOptions,
  type UpOptions,
} from "../../options/dinit_up.ts";
import { type Option, scan } from "../../options/mod.ts";
import { optionColumns } from "../../options/text.ts";
import { ToolFailure } from "../shared/failure.ts";
import { isFileWord, upFailure } from "./project.ts";

/** Scans the arguments of `up` from left to right. Throws `ToolFailure` at the first wrong one. */
export function scanUpArguments(args: readonly string[]): UpOptions {
  const options: UpOptions = { help: false, detach: false, exitOnFailure: undefined, words: [] };
  scanPlain(args, "up", options, DINIT_UP_OPTIONS, (word) => options.words.push(word));
  return options;
}

/** Scans the arguments of `down`. Throws `ToolFailure` at the first wrong one. */
export function scanDownArguments(args: readonly string[]): DownOptions {
  const options: DownOptions = { help: false, words: [] };
  scanPlain(args, "down", options, DINIT_DOWN_OPTIONS, (word) => {
    if (!isFileWord(word)) {
      throw upFailure(`${word} is not a file or folder`, `one service: dinitctl stop ${word}`);
    }
    options.words.push(word);
  });
  return options;
}

/** Scans options without values. @param word takes a word. @default a word is wrong */
export function scanPlain<S>(
  args: readonly string[],
  command: string,
  settings: S,
  options: readonly Option<S>[],
  word?: (word: string) => void,
): void {
  const wrong = (what: string) =>
    new ToolFailure(`dinit ${command}: ${what}\n    see: dinit ${command} --help`);
  scan(args, settings, {
    options,
    word(text) {
      if (word === undefined) throw wrong(`unexpected argument: ${text}`);
      word(text);
    },
    unknown(arg) {
      throw wrong(`unknown option: ${arg}`);
    },
    refused: ({ option }) => wrong(`${option.long} takes no value`),
  });
}

/** The help text of `up`, with a newline at its end. */
export function upHelp(): string {
  return [
    "dinit up: run the services of this project and show them",
    "",
    "Usage:",
    "    dinit up [options] [FILE] [SERVICE...]",
    "",
    "Options:",
    ...optionColumns(DINIT_UP_OPTIONS),
    "",
    "Without FILE, the services are those of dinit.d/, dinit.toml or Procfile in this folder, or above it.",
    "Ctrl-C stops them in order, and a second Ctrl-C at once. If they run already, Ctrl-C leaves them running.",
    "",
  ].join("\n");
}

/** The help text of `down`, with a newline at its end. */
export function downHelp(): string {
  return [
    "dinit down: stop the services of this project, and wait until they have stopped",
    "",
    "Usage:",
    "    dinit down [options] [FILE]",
    "",
    "Options:",
    ...optionColumns(DINIT_DOWN_OPTIONS),
    "",
  ].join("\n");
}
