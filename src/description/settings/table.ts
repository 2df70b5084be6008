/**
 * The table of all settings (service description 3). The loader, the printer, the checker, the hosts, reloads and the
 * documentation use it; nothing else lists the settings.
 */

import { CONTROL_GROUP_SETTINGS } from "./control_groups.ts";
import { CORE_SETTINGS } from "./core.ts";
import { DENO_SETTINGS } from "./deno.ts";
import { DEPENDENCY_SETTINGS } from "./dependencies.ts";
import type { TableNeed } from "./host_features.ts";
import { HEALTH_SETTINGS } from "./health.ts";
import { LIFE_SETTINGS } from "./life.ts";
import { LIMIT_SETTINGS } from "./resources.ts";
import { KEPT_LOG_SETTINGS, LOG_LIMIT_SETTINGS } from "./log_limits.ts";
import { OUTPUT_SETTINGS } from "./output.ts";
import { SANDBOX_SETTINGS } from "./sandbox.ts";
import { SCHEDULE_SETTINGS } from "./schedule.ts";
import type { Setting } from "./setting.ts";
import { WATCH_SETTINGS } from "./watch.ts";

/** A part of the table. */
export interface SettingGroup {
  /** A heading, for people. */
  readonly title: string;
  /** The settings, in the order of documentation. */
  readonly settings: readonly Setting[];
}

/** A setting whose value is a path and is substituted after the last line. */
export type PathSetting = Setting & { readonly path: NonNullable<Setting["path"]> };

/** Settings in groups, and the data derived from their rows. */
export class SettingTable {
  /** The parts of the table, in the order in which documentation lists them. */
  readonly groups: readonly SettingGroup[];
  /** All settings, in the same order. */
  readonly settings: readonly Setting[];
  /** The paths that are substituted after the last line, in order. */
  readonly paths: readonly PathSetting[];
  /** What settings and their flags need from a host, in the order of the table. */
  readonly needs: readonly TableNeed[];
  readonly #byName: ReadonlyMap<string, Setting>;

  /** A table of these groups; no name may be in it twice. */
  constructor(groups: readonly SettingGroup[]) {
    this.groups = groups;
    this.settings = groups.flatMap(({ settings }) => settings);
    this.paths = this.settings.filter((one): one is PathSetting => one.path !== undefined)
      .toSorted((a, b) => a.path.turn - b.path.turn);
    this.needs = this.settings.flatMap(needsOf);
    this.#byName = new Map(this.settings.map((setting) => [setting.name, setting]));
  }

  /** The setting of that name, which is case-sensitive. */
  named(name: string): Setting | undefined {
    return this.#byName.get(name);
  }
}

function needsOf({ name, types, needs, flags = [] }: Setting): TableNeed[] {
  return [
    ...needs.map((need) => ({ label: name, types, ...need, name })),
    ...flags.flatMap((flag) =>
      (flag.needs ?? []).map((need) => ({
        label: `${name} = ${flag.name}`,
        types: flag.types ?? types,
        ...need,
        name: flag.name,
      }))
    ),
  ];
}

/** The table of the program. */
export const SETTING_TABLE: SettingTable = new SettingTable([
  { title: "Type and commands", settings: CORE_SETTINGS },
  { title: "Programs for Deno", settings: DENO_SETTINGS },
  { title: "Starting, stopping and restarting", settings: LIFE_SETTINGS },
  { title: "Health", settings: HEALTH_SETTINGS },
  { title: "Watched files", settings: WATCH_SETTINGS },
  { title: "Schedules", settings: SCHEDULE_SETTINGS },
  { title: "Dependencies and order", settings: DEPENDENCY_SETTINGS },
  { title: "Sockets and output", settings: OUTPUT_SETTINGS },
  { title: "Limits of log files", settings: LOG_LIMIT_SETTINGS },
  { title: "Kept logs", settings: KEPT_LOG_SETTINGS },
  { title: "Limits and privileges", settings: LIMIT_SETTINGS },
  { title: "Sandbox", settings: SANDBOX_SETTINGS },
  { title: "Control groups", settings: CONTROL_GROUP_SETTINGS },
]);

/** The parts of that table. */
export const SETTING_GROUPS: readonly SettingGroup[] = SETTING_TABLE.groups;

/** All settings, in the order of documentation. */
export const SETTINGS: readonly Setting[] = SETTING_TABLE.settings;

/** The setting of that name, which is case-sensitive. */
export function settingNamed(name: string): Setting | undefined {
  return SETTING_TABLE.named(name);
}
