/** Reads the command line of `dinit-web`. */

import { scan } from "../../options/mod.ts";
import { defaultWebOptions, DINIT_WEB_OPTIONS, type WebOptions } from "../../options/dinit_web.ts";
import { WebFailure } from "./failure.ts";

/** Scans the arguments, up to `--help`. Throws `WebFailure`. */
export function scanWebArguments(args: readonly string[]): WebOptions {
  const options = defaultWebOptions();
  const wrong = (text: string) => new WebFailure(`${text} (use --help for help)`);
  scan(args, options, {
    options: DINIT_WEB_OPTIONS,
    word(word) {
      throw wrong(`unexpected argument: ${word}`);
    },
    unknown(arg) {
      throw wrong(`unknown option: ${arg}`);
    },
    refused: ({ option }) => wrong(option.value?.missing ?? `${option.long} takes no value`),
  });
  return options;
}
