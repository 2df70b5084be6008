/** The help text of `dinit export`, made from its table of options. */

import { DINIT_EXPORT_OPTIONS, EXPORT_KINDS } from "../../options/dinit_export.ts";
import { optionColumns } from "../../options/text.ts";

/** The whole text, with a newline at its end. */
export function exportHelp(): string {
  return [
    "dinit-export: write services as files of another program",
    "",
    "Usage:",
    `    dinit export ${EXPORT_KINDS.join("|")} [SERVICE...] [options]`,
    "",
    "Exports the services (default: boot) and all that they depend on, with an account of each setting.",
    "",
    "Options:",
    ...optionColumns(DINIT_EXPORT_OPTIONS),
    "",
    "The exit status is 0 if nothing was lost, 3 if a setting has no counterpart (with --strict: 1), and 1 if",
    "nothing was written because of an error.",
    "",
  ].join("\n");
}
