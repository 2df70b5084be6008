/** The help text of `dinit wait-for`, made from its table of options. */

import { DINIT_WAIT_FOR_OPTIONS } from "../../options/dinit_wait_for.ts";
import { optionColumns } from "../../options/text.ts";

/** The whole text, with a newline at its end. */
export function waitForHelp(): string {
  return [
    "dinit-wait-for: wait until ports or sockets accept connections",
    "",
    "Usage:",
    "    dinit wait-for [options] tcp:HOST:PORT|unix:PATH...",
    "",
    "Options:",
    ...optionColumns(DINIT_WAIT_FOR_OPTIONS),
    "",
    "The exit status is 0 when all of them have accepted a connection, and 1 after the timeout.",
    "",
  ].join("\n");
}
