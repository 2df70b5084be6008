/** What a description needs from its host, by the table of settings. */

import type { ServiceDescription } from "../../model/mod.ts";
import type { TableNeed } from "./host_features.ts";
import { SETTING_TABLE, type SettingTable } from "./table.ts";
import { typeName } from "./type_names.ts";

/** What a description needs from its host, in the order of the table. Settings that its type does not use need nothing. */
export function hostNeeds(
  description: ServiceDescription,
  table: SettingTable = SETTING_TABLE,
): readonly TableNeed[] {
  const asked = table.needs.filter(({ asks }) => asks(description));
  if (asked.length === 0) return asked;
  const type = typeName(description.type);
  return asked.filter(({ types }) => types.includes(type));
}
