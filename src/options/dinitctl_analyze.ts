/** The options of `dinitctl analyze`, one row each. */

import type { CtlOptions } from "./ctl_values.ts";
import type { Option } from "./option.ts";

/** The starts that `--boot` knows: `0`, `-1`, … `-20`. */
const BOOTS = Array.from({ length: 21 }, (_, index) => index === 0 ? "0" : String(-index));

/** The rows. */
export const ANALYZE_OPTIONS = [
  {
    long: "--terminal",
    extension: true,
    local: true,
    help: "draw the chart with characters, instead of SVG",
    apply: (o) => o.terminal = true,
  },
  {
    long: "--boot",
    extension: true,
    assignable: true,
    local: true,
    value: {
      name: "N",
      missing: "--boot should be followed by 0 (this start), or by -1 to -20 (earlier ones)",
      oneOf: BOOTS,
    },
    help: "which start: 0, the last one, to -20",
    apply: (o, value) => o.boot = Number(value),
  },
  {
    long: "--boots",
    extension: true,
    local: true,
    help: "list the starts that are kept",
    apply: (o) => o.boots = true,
  },
] as const satisfies readonly Option<CtlOptions>[];
