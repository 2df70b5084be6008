/** The help text of `dinit-monitor`, made from its table of options. */

import { MONITOR_OPTIONS } from "./options.ts";

/** The whole text, with a newline at its end. */
export function monitorHelp(): string {
  const rows = MONITOR_OPTIONS.map(({ names, value, summary }) => [
    names.join(", ") + (value === undefined ? "" : ` ${value.name}`),
    summary,
  ]);
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    "dinit-monitor: run a command when services or environment variables change",
    "",
    "Usage:",
    "    dinit-monitor [options] -c COMMAND SERVICE...",
    "    dinit-monitor [options] -c COMMAND -E [NAME...]",
    "",
    "Options:",
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    "",
    "In COMMAND, %n stands for the name, %s for what happened, %v for the value of a variable and %% for %.",
    "It is split at white space outside of double quotes, and no shell is involved.",
    "",
  ].join("\n");
}
