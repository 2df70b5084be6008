/** Which settings a reload may change while the service runs (service description 7). */

import type { ServiceDescription } from "../../model/mod.ts";
import type { Setting } from "./setting.ts";
import { SETTING_TABLE, type SettingTable } from "./table.ts";
import { typeName } from "./type_names.ts";

/** A change that the reload of a running service must not make. */
export interface RefusedChange {
  /** The setting, or the flag, that differs. */
  readonly setting: string;
  /** The reference's text for the refusal. */
  readonly message: string;
}

/**
 * The first setting, in the order of the table, that differs and must not change while the service runs; `undefined` if
 * there is none.
 *
 * Settings that name a service are not compared: only the engine knows which loaded service a name means.
 */
export function refusedChange(
  old: ServiceDescription,
  changed: ServiceDescription,
  table: SettingTable = SETTING_TABLE,
): RefusedChange | undefined {
  const type = typeName(old.type);
  for (const setting of table.settings) {
    // The reference compares flags for services of every type, and other settings only for the types that use them.
    const flag = setting.flags?.find(({ change, isSet }) =>
      change === "never" && isSet?.(old) !== isSet?.(changed)
    );
    const row = flag ??
      (setting.change === "never" && setting.types.includes(type) && differs(setting, old, changed)
        ? setting
        : undefined);
    if (row === undefined) continue;
    const message = row.refusal ?? `cannot change ${row.name} for running service.`;
    return { setting: setting.name, message };
  }
  return undefined;
}

function differs(setting: Setting, old: ServiceDescription, changed: ServiceDescription): boolean {
  if (setting.syntax === "SERVICE") return false;
  const [before, after] = [old, changed].map((description) => [setting.show?.(description) ?? []].flat());
  return before.length !== after.length || before.some((word, index) => word !== after[index]);
}
