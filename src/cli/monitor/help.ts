/** The help text of `dinit-monitor`, made from its table of options. */

import { DINIT_MONITOR_OPTIONS } from "../../options/dinit_monitor.ts";
import { optionColumns } from "../../options/text.ts";

/** The whole text, with a newline at its end. */
export function monitorHelp(): string {
  return [
    "dinit-monitor: run a command when services or environment variables change",
    "",
    "Usage:",
    "    dinit-monitor [options] -c COMMAND SERVICE...",
    "    dinit-monitor [options] -c COMMAND -E [NAME...]",
    "",
    "Options:",
    ...optionColumns(DINIT_MONITOR_OPTIONS),
    "",
    "In COMMAND, %n stands for the name, %s for what happened, %v for the value of a variable and %% for %.",
    "It is split at white space outside of double quotes, and no shell is involved.",
    "",
  ].join("\n");
}
