/** Reads the command line of `dinit-log`. */

import { scan } from "../../options/mod.ts";
import { defaultLogOptions, DINIT_LOG_OPTIONS, type LogOptions } from "../../options/dinit_log.ts";

/** The command line is wrong. The message is complete. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(message: string) {
    super(`dinit-log: ${message} (use --help for help)`);
  }
}

/** Scans the arguments, up to `--help`. Throws `UsageError`. */
export function scanLogArguments(args: readonly string[]): LogOptions {
  const options = defaultLogOptions();
  scan(args, options, {
    options: DINIT_LOG_OPTIONS,
    word(word) {
      if (options.target !== undefined) {
        throw new UsageError(`more than one file: ${options.target}, ${word}`);
      }
      if (word === "") throw new UsageError("the name of the file is empty");
      options.target = word;
    },
    unknown(arg) {
      throw new UsageError(`unknown option: ${arg}`);
    },
    refused: ({ option }) => new UsageError(option.value?.missing ?? `${option.long} takes no value`),
  });
  if (options.target === undefined && !options.help) throw new UsageError("no directory or file is named");
  return options;
}
