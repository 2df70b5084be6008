/** The options of `dinit wait-for`, one row each. */

import { parseDuration } from "../description/text/units.ts";
import type { Option } from "./option.ts";

/** What a command line says. */
export interface WaitForOptions {
  help: boolean;
  /** In milliseconds; 0: any time. */
  timeout: number;
  /** All of them must answer; at least one. */
  addresses: string[];
}

/** All options, in the order of the help text. */
export const DINIT_WAIT_FOR_OPTIONS: readonly Option<WaitForOptions>[] = [
  { long: "--help", last: true, help: "show this text", apply: (o) => o.help = true },
  {
    long: "--timeout",
    assignable: true,
    value: {
      name: "DURATION",
      kind: "number",
      pattern: /^\d{1,9}(\.\d{1,3})?(ms|s|m|h|d)?$/,
      missing: "--timeout should be followed by a duration such as 30s or 5m",
    },
    help: "give up after this time; 0: never (the default)",
    apply: (o, value) => o.timeout = parseDuration(value),
  },
];

/** The values for a command line without options. */
export function defaultWaitForOptions(): WaitForOptions {
  return { help: false, timeout: 0, addresses: [] };
}
