/** The names of service types, for rows that say which types use them. */

import {
  type LoadedServiceType,
  SERVICE_TYPES,
  type ServiceTypeName,
  serviceTypeRow,
} from "../../model/mod.ts";

export type { ServiceTypeName as TypeName } from "../../model/mod.ts";

export const ALL_TYPES: readonly ServiceTypeName[] = SERVICE_TYPES.map(({ name }) => name);
/** The types with any kind of process. */
export const SCRIPT_TYPES: readonly ServiceTypeName[] = namesWhere((process) => process !== "none");
/** The types with a process that lives as long as the service. */
export const PROCESSES: readonly ServiceTypeName[] = namesWhere((process) => process === "lasting");

function namesWhere(holds: (process: "lasting" | "script" | "none") => boolean): ServiceTypeName[] {
  return SERVICE_TYPES.filter(({ process }) => holds(process)).map(({ name }) => name);
}

/** The name of a type. */
export function typeName(type: LoadedServiceType): ServiceTypeName {
  return serviceTypeRow(type).name;
}
