/**
 * The table of all settings (service description 3). The loader, the printer, the checker and the documentation
 * work from it; nothing lists the settings a second time.
 */

import { CORE_SETTINGS } from "./_settings_core.ts";
import { DEPENDENCY_SETTINGS } from "./_settings_dependencies.ts";
import { LIFE_SETTINGS } from "./_settings_life.ts";
import { LIMIT_SETTINGS } from "./_settings_limits.ts";
import { OUTPUT_SETTINGS } from "./_settings_output.ts";
import type { Setting } from "./setting.ts";

/** All settings, in the order in which documentation lists them. */
export const SETTINGS: readonly Setting[] = [
  ...CORE_SETTINGS,
  ...LIFE_SETTINGS,
  ...DEPENDENCY_SETTINGS,
  ...OUTPUT_SETTINGS,
  ...LIMIT_SETTINGS,
];

const byName = new Map(SETTINGS.map((setting) => [setting.name, setting]));

/** The setting of that name, which is case-sensitive. */
export function settingNamed(name: string): Setting | undefined {
  return byName.get(name);
}
