/** Reads the command line of `dinit import`. */

import {
  defaultImportOptions,
  DINIT_IMPORT_OPTIONS,
  IMPORT_KINDS,
  type ImportKind,
  type ImportOptions,
} from "../../options/dinit_import.ts";
import { scan } from "../../options/mod.ts";
import { UsageError } from "../shared/usage_error.ts";

/** Scans the arguments, up to `--help`. Throws `UsageError`. */
export function scanImportArguments(args: readonly string[]): ImportOptions {
  const options = defaultImportOptions();
  scan(args, options, {
    options: DINIT_IMPORT_OPTIONS,
    word(word) {
      if (word === "") throw usage("the name of a path is empty");
      if (options.paths.length === 0 && options.kind === undefined && isKind(word)) options.kind = word;
      else options.paths.push(word);
    },
    unknown(arg) {
      throw usage(`unknown option: ${arg}`);
    },
    refused: ({ option }) => usage(option.value?.missing ?? `${option.long} takes no value`),
  });
  if (options.help) return options;
  if (options.paths.length === 0) throw usage("no path is named");
  if (options.to === undefined && !options.dryRun) {
    throw usage("--to=DIR says where to write; --dry-run writes nothing");
  }
  return options;
}

function isKind(word: string): word is ImportKind {
  return (IMPORT_KINDS as readonly string[]).includes(word);
}

function usage(text: string): UsageError {
  return new UsageError("dinit-import", text);
}
