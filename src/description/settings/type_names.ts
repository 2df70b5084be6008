/** The names of service types, for rows that say which types use them. */

import {
  hasLastingProcess,
  hasProcess,
  type LoadedServiceType,
  SERVICE_TYPES,
  type ServiceTypeName,
  serviceTypeRow,
} from "../../model/mod.ts";

export type { ServiceTypeName as TypeName } from "../../model/mod.ts";

/** All types, in the order of documentation. */
export const ALL_TYPES: readonly ServiceTypeName[] = SERVICE_TYPES.map(({ name }) => name);
/** The types with any kind of process. */
export const SCRIPT_TYPES: readonly ServiceTypeName[] = namesWhere(hasProcess);
/** The types whose start or stop is the work of a process. */
export const START_TYPES: readonly ServiceTypeName[] = SCRIPT_TYPES.filter((name) => name !== "scheduled");
/** The types with a process that lives as long as the service. */
export const PROCESSES: readonly ServiceTypeName[] = namesWhere(hasLastingProcess);

/** The types whose processes are started again when they end with a failure. */
export const RESTARTED: readonly ServiceTypeName[] = [...PROCESSES, "scheduled"];

function namesWhere(holds: (type: LoadedServiceType) => boolean): ServiceTypeName[] {
  return SERVICE_TYPES.filter(({ type }) => holds(type)).map(({ name }) => name);
}

/** The name of a type. */
export function typeName(type: LoadedServiceType): ServiceTypeName {
  return serviceTypeRow(type).name;
}
