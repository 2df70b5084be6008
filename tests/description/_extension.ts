/** A copy of the table of settings with one more row: what adding a setting that dinit 0.22.1 does not have takes. */

import {
  DURATION_SYNTAX,
  need,
  parseDuration,
  type Setting,
  SETTING_GROUPS,
  settingRow,
  SettingTable,
} from "../../src/description/mod.ts";
import type { ServiceDescription } from "../../src/model/mod.ts";

/** A description with the field of the setting; a setting of the program has its field in the model. */
export interface ExtendedDescription extends ServiceDescription {
  /** Milliseconds */
  readonly graceTime?: number;
}

/** The time of a description, in milliseconds. */
export function graceTime(description: ExtendedDescription): number | undefined {
  return description.graceTime;
}

/** The row. */
export const GRACE_TIME: Setting = settingRow({
  name: "grace-time",
  extension: true,
  syntax: DURATION_SYNTAX,
  types: ["process"],
  summary: "a time that only this test knows",
  change: "never",
  needs: [need("pipe", (description) => graceTime(description) !== undefined)],
  apply({ draft: { description } }, { text }) {
    Object.assign(description, { graceTime: parseDuration(text) });
  },
  show: (description) => {
    const time = graceTime(description);
    return time === undefined ? undefined : String(time / 1000);
  },
});

/** The table of the program and the row. */
export const EXTENDED_TABLE: SettingTable = new SettingTable([
  ...SETTING_GROUPS,
  { title: "Of a test", settings: [GRACE_TIME] },
]);
