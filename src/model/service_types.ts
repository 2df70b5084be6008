/**
 * The types of services: their numbers, how descriptions and answers spell them, and what processes they have. A new
 * type is a number, a name and a row here, and its behaviour in `src/engine/launcher/behaviours.ts`.
 */

/**
 * The numbers of the types, which the control protocol shows. A placeholder is not a service: it holds ordering links
 * to a name that is not loaded.
 */
export const ServiceType = {
  PLACEHOLDER: 0,
  PROCESS: 1,
  BGPROCESS: 2,
  SCRIPTED: 3,
  INTERNAL: 4,
  TRIGGERED: 5,
  SCHEDULED: 6,
} as const;
/** The number of a type, or of a placeholder. */
export type ServiceType = (typeof ServiceType)[keyof typeof ServiceType];

/** The type of a service that is loaded. */
export type LoadedServiceType = Exclude<ServiceType, typeof ServiceType.PLACEHOLDER>;

/**
 * What the main process of a type is:
 * - `lasting`: it lives as long as the service;
 * - `background`: it launches the process that lives as long as the service, and ends;
 * - `script`: one command starts the service and another one stops it;
 * - `run`: it comes and goes while the service is up, at the times of a schedule;
 * - `none`: there is none.
 */
export type ProcessKind = "lasting" | "background" | "script" | "run" | "none";

/** The name of a type, as descriptions spell it. */
export type ServiceTypeName = "process" | "bgprocess" | "scripted" | "internal" | "triggered" | "scheduled";

/** One type of services. */
export interface ServiceTypeRow {
  /** As descriptions spell it. */
  readonly name: ServiceTypeName;
  /** The number in the control protocol. */
  readonly type: LoadedServiceType;
  /** What its main process is. */
  readonly process: ProcessKind;
  /** Whether dinit 0.22.1 does not have it. @default false */
  readonly extension?: boolean;
}

/** All types, in the order of documentation. */
export const SERVICE_TYPES: readonly ServiceTypeRow[] = [
  { name: "process", type: ServiceType.PROCESS, process: "lasting" },
  { name: "bgprocess", type: ServiceType.BGPROCESS, process: "background" },
  { name: "scripted", type: ServiceType.SCRIPTED, process: "script" },
  { name: "internal", type: ServiceType.INTERNAL, process: "none" },
  { name: "triggered", type: ServiceType.TRIGGERED, process: "none" },
  { name: "scheduled", type: ServiceType.SCHEDULED, process: "run", extension: true },
];

const byType = new Map<number, ServiceTypeRow>(SERVICE_TYPES.map((row) => [row.type, row]));

/** The row of a type; `undefined` for a placeholder, or a number that is no `ServiceType`. */
export function serviceTypeRow(type: LoadedServiceType): ServiceTypeRow;
/** The row of a type that may be unknown. */
export function serviceTypeRow(type: number): ServiceTypeRow | undefined;
export function serviceTypeRow(type: number): ServiceTypeRow | undefined {
  return byType.get(type);
}

/** What the main process of services of a type is; `none` for a placeholder. */
export function processKind(type: ServiceType): ProcessKind {
  return byType.get(type)?.process ?? "none";
}

/** Whether services of a type have processes. */
export function hasProcess(type: ServiceType): boolean {
  return processKind(type) !== "none";
}

/** Whether services of a type have a process that lives as long as they are up. */
export function hasLastingProcess(type: ServiceType): boolean {
  const kind = processKind(type);
  return kind === "lasting" || kind === "background";
}
