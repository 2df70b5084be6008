/** Reads the command line of `dinit-check` (cli 5.1). */

import { type CheckOptions, defaultCheckOptions, DINIT_CHECK_OPTIONS } from "../../options/dinit_check.ts";
import { scan } from "../../options/mod.ts";
import { isSharedFile } from "../../description/mod.ts";
import { checkFailure } from "./failure.ts";

const DEFAULT_SERVICE = "boot";

/**
 * Scans the arguments from left to right. Throws `ToolFailure` at the first wrong one.
 *
 * @param isFile whether a path is that of a regular file: `dinit.toml` as a word stands for its services
 */
export function scanCheckArguments(
  args: readonly string[],
  isFile: (path: string) => boolean = () => false,
): CheckOptions {
  const options = defaultCheckOptions();
  scan(args, options, {
    options: DINIT_CHECK_OPTIONS,
    word(word) {
      const isShared = isSharedFile(word) && isFile(word);
      (isShared ? options.servicesDirs : options.services).push(word);
    },
    unknown(arg) {
      throw checkFailure(`unrecognized option: '${arg}' (use '--help' for help)`);
    },
    refused: ({ option }) => checkFailure(option.value?.missing ?? `${option.long} requires an argument`),
  });
  if (options.print && options.format !== "text") {
    throw checkFailure("--print cannot be combined with --json or --format=github");
  }
  options.all = options.services.length === 0 && options.servicesDirs.some(isSharedFile);
  if (options.services.length === 0) options.services.push(DEFAULT_SERVICE);
  return options;
}
