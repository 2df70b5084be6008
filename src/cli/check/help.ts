/** The help text of `dinit-check`, made from its table of options. */

import { DINIT_CHECK_OPTIONS } from "../../options/dinit_check.ts";
import { optionColumns } from "../../options/text.ts";

/** The whole text, with a newline at its end. */
export function checkHelp(): string {
  return [
    "dinit-check: check dinit service descriptions",
    "",
    "Usage:",
    "    dinit-check [options] [SERVICE...]",
    "",
    "Checks the services (default: boot) and all that they depend on.",
    "",
    "Options:",
    ...optionColumns(DINIT_CHECK_OPTIONS),
    "",
    "The exit status is 0 if nothing was found, and 1 otherwise.",
    "",
  ].join("\n");
}
