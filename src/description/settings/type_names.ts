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
/** The types with a process that lives as long as the service. */
export const PROCESSES: readonly ServiceTypeName[] = namesWhere(hasLastingProcess);

function namesWhere(holds: (type: LoadedServiceType) => boolean): ServiceTypeName[] {
  return SERVICE_TYPES.filter(({ type }) => holds(type)).map(({ name }) => name);
}

/** The name of a type. */
export function typeName(type: LoadedServiceType): ServiceTypeName {
  return serviceTypeRow(type).name;
}
