/** The types of services as descriptions spell them, and which of them use what. */

import { type ServiceDescription, ServiceType } from "../../model/mod.ts";

/** The types of services as descriptions spell them. */
export type TypeName = "process" | "bgprocess" | "scripted" | "internal" | "triggered";

/** Each name with its type, in the order of documentation. */
export const TYPES: readonly (readonly [TypeName, ServiceDescription["type"]])[] = [
  ["process", ServiceType.PROCESS],
  ["bgprocess", ServiceType.BGPROCESS],
  ["scripted", ServiceType.SCRIPTED],
  ["internal", ServiceType.INTERNAL],
  ["triggered", ServiceType.TRIGGERED],
];

export const ALL_TYPES: readonly TypeName[] = TYPES.map(([name]) => name);
/** The types with a process of any sort. */
export const SCRIPT_TYPES: readonly TypeName[] = ["process", "bgprocess", "scripted"];
/** The types with a process that lives as long as the service. */
export const PROCESSES: readonly TypeName[] = ["process", "bgprocess"];

/** The name of a type. */
export function typeName(type: ServiceDescription["type"]): TypeName {
  return TYPES.find(([, number]) => number === type)![0]; // every type of a description is in the table
}
