/** The names of the types of services, for the rows that say which of them use what. */

import {
  type LoadedServiceType,
  SERVICE_TYPES,
  type ServiceTypeName,
  serviceTypeRow,
} from "../../model/mod.ts";

export type { ServiceTypeName as TypeName } from "../../model/mod.ts";

export const ALL_TYPES: readonly ServiceTypeName[] = SERVICE_TYPES.map(({ name }) => name);
/** The types with a process of any sort. */
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
