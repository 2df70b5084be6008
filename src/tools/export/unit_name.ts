/** The names of units. */

import { ServiceType } from "../../model/mod.ts";
import type { ServiceSet } from "./service_set.ts";

/** The name of a unit for a service: an argument makes an instance, whose text is written for itself. */
export function unitNameOf(service: string, kind: "service" | "timer" = "service"): string {
  return `${service.replaceAll(/[^\w@.:-]/g, "-")}.${kind}`;
}

/**
 * The unit that others start, and wait for, instead of a service. That of a scheduled service is its timer: the other
 * unit would run its command at once.
 */
export function startedUnitOf(service: string, set: ServiceSet): string {
  const isScheduled = set.get(service)?.description.type === ServiceType.SCHEDULED;
  return unitNameOf(service, isScheduled ? "timer" : "service");
}
