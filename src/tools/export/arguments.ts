/** Reads the command line of `dinit export`. */

import {
  defaultExportOptions,
  DINIT_EXPORT_OPTIONS,
  EXPORT_KINDS,
  type ExportKind,
  type ExportOptions,
} from "../../options/dinit_export.ts";
import { scan } from "../../options/mod.ts";
import { UsageError } from "../shared/usage_error.ts";

/** Scans the arguments, up to `--help`. Throws `UsageError`. */
export function scanExportArguments(args: readonly string[]): ExportOptions {
  const options = defaultExportOptions();
  scan(args, options, {
    options: DINIT_EXPORT_OPTIONS,
    word(word) {
      if (options.kind !== undefined) options.services.push(word);
      else if (isKind(word)) options.kind = word;
      else throw usage(`'${word}' is none of ${EXPORT_KINDS.join(", ")}`);
    },
    unknown(arg) {
      throw usage(`unknown option: ${arg}`);
    },
    refused: ({ option }) => usage(option.value?.missing ?? `${option.long} takes no value`),
  });
  if (options.help) return options;
  if (options.kind === undefined) throw usage(`name what to export to: ${EXPORT_KINDS.join(", ")}`);
  if (options.split.length > 0 && options.kind !== "kubernetes") throw usage("--split is for kubernetes");
  if (options.splitJobs && options.kind !== "kubernetes") throw usage("--split-jobs is for kubernetes");
  if (options.services.length === 0) options.services.push("boot");
  if (options.servicesDirs.length === 0) options.servicesDirs.push("dinit.d");
  return options;
}

function isKind(word: string): word is ExportKind {
  return (EXPORT_KINDS as readonly string[]).includes(word);
}

function usage(text: string): UsageError {
  return new UsageError("dinit-export", text);
}
