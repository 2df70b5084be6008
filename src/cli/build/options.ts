/** Reads the command line of `dinit build`, and words its help. */

import { type BuildOptions, defaultBuildOptions, DINIT_BUILD_OPTIONS } from "../../options/dinit_build.ts";
import { scan } from "../../options/mod.ts";
import { optionColumns } from "../../options/text.ts";
import { buildFailure } from "./failure.ts";

const SEE_HELP = "see: dinit build --help";

/** Scans the arguments from left to right. Throws `ToolFailure` at the first wrong one. */
export function scanBuildArguments(args: readonly string[]): BuildOptions {
  const options = defaultBuildOptions();
  scan(args, options, {
    options: DINIT_BUILD_OPTIONS,
    word(word) {
      if (options.folder !== undefined) throw buildFailure(`'${word}' is one folder too many`, SEE_HELP);
      options.folder = word;
    },
    unknown(arg) {
      throw buildFailure(`unknown option: ${arg}`, SEE_HELP);
    },
    refused: ({ option }) => buildFailure(option.value?.missing ?? `${option.long} takes no value`, SEE_HELP),
  });
  return options;
}

/** The help text, with a newline at its end. */
export function buildHelp(): string {
  return [
    "dinit build: make service descriptions from files in TypeScript",
    "",
    "Usage:",
    "    dinit build DIR --to=DIR [options]",
    "",
    "Options:",
    ...optionColumns(DINIT_BUILD_OPTIONS),
    "",
    "Each file NAME.service.ts exports what defineService of @dinit/dinit/service returns. Deno runs the files",
    "without any permission. A mistake changes nothing. Descriptions whose files are gone are removed.",
    "",
  ].join("\n");
}
