/** Reads the command line of `dinit init`, and words its help. */

import { DINIT_INIT_OPTIONS, type InitOptions } from "../../options/dinit_up.ts";
import { optionColumns } from "../../options/text.ts";
import { scanPlain } from "../up/options.ts";

/** Scans the arguments. Throws `ToolFailure` at the first wrong one. */
export function scanInitArguments(args: readonly string[]): InitOptions {
  const options: InitOptions = { help: false, force: false };
  scanPlain(args, "init", options, DINIT_INIT_OPTIONS);
  return options;
}

/** The help text, with a newline at its end. */
export function initHelp(): string {
  return [
    "dinit init: write a first file dinit.toml from what the project has: the scripts of package.json, the tasks of",
    "deno.json, and the processes of a Procfile",
    "",
    "Usage:",
    "    dinit init [options]",
    "",
    "Options:",
    ...optionColumns(DINIT_INIT_OPTIONS),
    "",
  ].join("\n");
}
