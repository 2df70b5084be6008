/**
 * The table of all settings (service description 3). The loader, the printer, the checker and the documentation
 * work from it; nothing lists the settings a second time.
 */

import { CORE_SETTINGS } from "./core.ts";
import { DEPENDENCY_SETTINGS } from "./dependencies.ts";
import { LIFE_SETTINGS } from "./life.ts";
import { LIMIT_SETTINGS } from "./resources.ts";
import { OUTPUT_SETTINGS } from "./output.ts";
import type { Setting } from "./setting.ts";

/** A part of the table. */
export interface SettingGroup {
  /** A heading, for people. */
  readonly title: string;
  readonly settings: readonly Setting[];
}

/** The parts of the table, in the order in which documentation lists them. */
export const SETTING_GROUPS: readonly SettingGroup[] = [
  { title: "What the service is and runs", settings: CORE_SETTINGS },
  { title: "Starting, stopping and restarting", settings: LIFE_SETTINGS },
  { title: "Dependencies and order", settings: DEPENDENCY_SETTINGS },
  { title: "Sockets and output", settings: OUTPUT_SETTINGS },
  { title: "Limits and privileges", settings: LIMIT_SETTINGS },
];

/** All settings, in the same order. */
export const SETTINGS: readonly Setting[] = SETTING_GROUPS.flatMap(({ settings }) => settings);

const byName = new Map(SETTINGS.map((setting) => [setting.name, setting]));

/** The setting of that name, which is case-sensitive. */
export function settingNamed(name: string): Setting | undefined {
  return byName.get(name);
}
