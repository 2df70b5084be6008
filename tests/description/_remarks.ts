/** The checker's remarks on a text, for the tests of descriptions. */

import type { SettingTable } from "../../src/description/mod.ts";
import { describe } from "./_support.ts";

/** The remarks on settings without effect, in order. */
export function remarksOn(text: string, settings?: SettingTable): { text: string; setting: string }[] {
  const found: { text: string; setting: string }[] = [];
  describe(text, {
    settings,
    lint: (remark, setting) => found.push({ text: remark, setting }),
    dependency() {},
  });
  return found;
}
