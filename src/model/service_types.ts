/** The types of services: their spelling in descriptions and answers, and which of them have a process. */

import { ServiceType } from "./states.ts";

/** The type of a service that is loaded. */
export type LoadedServiceType = Exclude<ServiceType, typeof ServiceType.PLACEHOLDER>;

/** The name of a type, as descriptions spell it. */
export type ServiceTypeName = "process" | "bgprocess" | "scripted" | "internal" | "triggered";

/** One type of services. */
export interface ServiceTypeRow {
  readonly name: ServiceTypeName;
  readonly type: LoadedServiceType;
  /**
   * `lasting`: a process that lives as long as the service; `script`: one process to start the service, and one to stop
   * it.
   */
  readonly process: "lasting" | "script" | "none";
}

/** All types, in the order of documentation. */
export const SERVICE_TYPES: readonly ServiceTypeRow[] = [
  { name: "process", type: ServiceType.PROCESS, process: "lasting" },
  { name: "bgprocess", type: ServiceType.BGPROCESS, process: "lasting" },
  { name: "scripted", type: ServiceType.SCRIPTED, process: "script" },
  { name: "internal", type: ServiceType.INTERNAL, process: "none" },
  { name: "triggered", type: ServiceType.TRIGGERED, process: "none" },
];

const byType = new Map<ServiceType, ServiceTypeRow>(SERVICE_TYPES.map((row) => [row.type, row]));

/** The row of a type; `undefined` for a placeholder. */
export function serviceTypeRow(type: LoadedServiceType): ServiceTypeRow;
export function serviceTypeRow(type: ServiceType): ServiceTypeRow | undefined;
export function serviceTypeRow(type: ServiceType): ServiceTypeRow | undefined {
  return byType.get(type);
}
