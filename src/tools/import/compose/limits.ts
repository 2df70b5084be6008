/** The limits of a compose service that runs without a container: its control group has them. */

import type { DescriptionText } from "../description_text.ts";
import type { Fields } from "./fields.ts";

/** The fields, the settings, and what their values look like. */
const ROWS: readonly (readonly [field: string, setting: string, pattern: RegExp])[] = [
  ["deploy.resources.limits.memory", "memory-max", /^([0-9]+)([bkmg]?)b?$/i],
  ["mem_limit", "memory-max", /^([0-9]+)([bkmg]?)b?$/i],
  ["deploy.resources.limits.cpus", "cpu-max", /^([0-9]+(?:\.[0-9]+)?)()$/],
  ["cpus", "cpu-max", /^([0-9]+(?:\.[0-9]+)?)()$/],
  ["deploy.resources.limits.pids", "pids-max", /^([0-9]+)()$/],
  ["pids_limit", "pids-max", /^([0-9]+)()$/],
];

/** Turns the limits into settings. */
export function importLimits(fields: Fields, text: DescriptionText): void {
  for (const [field, setting, pattern] of ROWS) {
    const directive = fields.directive(field);
    if (directive === undefined) continue;
    const [, number, unit] = pattern.exec(directive.value) ?? [];
    if (number === undefined || Number(number) === 0) {
      text.decide(directive, `${setting} takes another value`);
      continue;
    }
    if (!text.has(setting)) text.set(setting, number + unit.toUpperCase().replace("B", ""));
    directive.changed(setting);
  }
}
