/** The help text of `dinit import`, made from its table of options. */

import { DINIT_IMPORT_OPTIONS, IMPORT_KINDS } from "../../options/dinit_import.ts";
import { optionColumns } from "../../options/text.ts";

/** The whole text, with a newline at its end. */
export function importHelp(): string {
  return [
    "dinit-import: make service descriptions from files of other programs",
    "",
    "Usage:",
    `    dinit import [${IMPORT_KINDS.join("|")}] PATH... --to=DIR [options]`,
    "",
    "Writes descriptions, and an account of what became of each directive. Without a kind, the names of the",
    "files tell it.",
    "",
    "Options:",
    ...optionColumns(DINIT_IMPORT_OPTIONS),
    "",
    "The exit status is 0 if everything was carried or waits for a decision, 3 if something has no",
    "counterpart (with --strict: 1), and 1 if nothing was written because of an error.",
    "",
  ].join("\n");
}
