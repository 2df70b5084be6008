/** What a description needs from its host, according to the table of settings. */

import type { ServiceDescription } from "../../model/mod.ts";
import type { TableNeed } from "./host_features.ts";
import { SETTING_TABLE, type SettingTable } from "./table.ts";
import { typeName } from "./type_names.ts";

const NOTHING: readonly TableNeed[] = [];

/**
 * What a description needs from its host, in the order of the table. Settings that its type does not use need
 * nothing.
 */
export function hostNeeds(
  description: ServiceDescription,
  table: SettingTable = SETTING_TABLE,
): readonly TableNeed[] {
  let asked: TableNeed[] | undefined;
  for (const need of table.needs) {
    if (need.asks(description)) (asked ??= []).push(need);
  }
  if (asked === undefined) return NOTHING; // most services need nothing, and this runs at every load
  const type = typeName(description.type);
  return asked.filter(({ types }) => types.includes(type));
}
