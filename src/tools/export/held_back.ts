/** Which services do not start with the others. A program without schedules and triggers must not start them at once. */

import { DependencyKind, isOrdering, ServiceType } from "../../model/mod.ts";
import { relatedTo, type ServiceSet } from "./service_set.ts";

/** Why a service does not start with the others. */
export type HoldReason = "schedule" | "trigger" | "hook";

/**
 * The services that do not start with the others: those that a schedule runs, those that wait for a trigger with their
 * dependents, and those that only `on-failure` or `chain-to` starts.
 *
 * @param roots the services that were asked for
 */
export function heldBack(set: ServiceSet, roots: readonly string[]): ReadonlyMap<string, HoldReason> {
  const started = startedFrom(set, roots);
  const triggered = dependentsOfTriggers(set);
  const held = new Map<string, HoldReason>();
  for (const { name, description: { type } } of set.values()) {
    if (type === ServiceType.SCHEDULED) held.set(name, "schedule");
    else if (triggered.has(name)) held.set(name, "trigger");
    else if (!started.has(name)) held.set(name, "hook");
  }
  return held;
}

/** The roots, and all services that dinit starts with them. */
function startedFrom(set: ServiceSet, roots: readonly string[]): Set<string> {
  const found = new Set(roots);
  for (const name of found) { // a set also visits what is added meanwhile
    const description = set.get(name)?.description;
    if (description === undefined) continue;
    for (const { kind, name: other } of description.dependencies) if (!isOrdering(kind)) found.add(other);
    if (description.consumerOf !== "") found.add(description.consumerOf);
  }
  return found;
}

/** The triggered services, and all that cannot start before them. */
function dependentsOfTriggers(set: ServiceSet): Set<string> {
  const { REGULAR, MILESTONE, PREPARED_BY } = DependencyKind;
  const dependents = new Map<string, string[]>();
  const found = new Set<string>();
  for (const service of set.values()) {
    if (service.description.type === ServiceType.TRIGGERED) found.add(service.name);
    for (const other of relatedTo(service, set, REGULAR, MILESTONE, PREPARED_BY)) {
      dependents.set(other, [...dependents.get(other) ?? [], service.name]);
    }
  }
  for (const name of found) dependents.get(name)?.forEach((dependent) => found.add(dependent));
  return found;
}
