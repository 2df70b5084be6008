/** The help text of `dinit-check`, made from its table of options. */

import { CHECK_OPTIONS, type CheckOption } from "./options.ts";

/** The whole text, with a newline at its end. */
export function checkHelp(): string {
  const rows = CHECK_OPTIONS.map((option) => [usage(option), option.summary]);
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    "dinit-check: check dinit service descriptions",
    "",
    "Usage:",
    "    dinit-check [options] [SERVICE...]",
    "",
    "Checks the services (default: boot) and all that they depend on.",
    "",
    "Options:",
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    "",
    "The exit status is 0 if nothing was found, and 1 otherwise.",
    "",
  ].join("\n");
}

function usage({ names, value }: CheckOption): string {
  return names.join(", ") + (value === undefined ? "" : ` ${value.name}`);
}
