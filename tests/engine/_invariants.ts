/** What must be true of the whole graph whenever the engine has come to rest (lifecycle 14). */

import type { ServiceManager, ServiceRecord } from "../../src/engine/mod.ts";
import { isStartPinned } from "../../src/engine/graph/graph.ts";
import { isActive, isHard, isTriviallyStopped } from "../../src/engine/graph/record.ts";
import { isOrdering, ServiceState } from "../../src/model/mod.ts";

const { STOPPED, STARTED, STOPPING } = ServiceState;

/** The invariants that do not hold, as text; empty if all is well. */
export function brokenInvariants(manager: ServiceManager): string[] {
  const broken: string[] = [];
  const exempt = pinnedAndNeeded(manager);
  let active = 0;
  for (const service of manager.services()) {
    if (service.state !== STOPPED) active += 1;
    const complain = (text: string) => broken.push(`${service.name}: ${text}`);
    checkCounts(service, complain);
    if (!exempt.has(service)) {
      checkTargets(service, complain);
      checkDependencies(service, complain);
      checkWaiting(service, exempt, complain);
    }
  }
  if (manager.activeCount !== active) broken.push(`I3: activeCount ${manager.activeCount}, active ${active}`);
  return broken;
}

/** Start-pinned services and all their dependencies: a pin may hold back a due stop. */
function pinnedAndNeeded(manager: ServiceManager): Set<ServiceRecord> {
  const found = new Set<ServiceRecord>();
  for (const service of manager.services()) if (isStartPinned(service)) found.add(service);
  for (const service of found) for (const { to } of service.dependencies) found.add(to);
  return found;
}

type Complain = (text: string) => void;

/** I1 and I5, and that nothing is left to be done. */
function checkCounts(service: ServiceRecord, complain: Complain): void {
  const holding = service.dependents.filter((edge) => edge.holding);
  const expected = holding.length + (service.explicit ? 1 : 0);
  if (service.claims !== expected) complain(`I1: ${service.claims} claims, ${expected} expected`);
  if (holding.some((edge) => isOrdering(edge.kind))) complain("I1: an ordering edge holds a claim");
  if (service.state === STOPPED && service.dependencies.some((edge) => edge.holding)) {
    complain("I5: STOPPED with claims on dependencies");
  }
  const waits = service.dependencies.filter((edge) => edge.waiting).length;
  if (service.waits !== waits) complain(`counts ${service.waits} waiting edges, has ${waits}`);
  if (waits > 0 && !mayHaveWaits(service)) complain("has waiting edges without waiting");
  if (service.work !== 0) complain("work is left undone");
  if (service.phase.kind === "waiting-for-console" && service.haveConsole) {
    complain("waits for the console that it holds");
  }
  if (service.haveConsole && service.state === STOPPED) complain("STOPPED with the console");
}

/** A start that was cancelled keeps its waiting edges until the service is down. */
function mayHaveWaits(service: ServiceRecord): boolean {
  const { kind } = service.phase;
  return kind === "waiting-for-dependencies" || kind === "waiting-for-console" || service.state === STOPPING;
}

/** I2. */
function checkTargets(service: ServiceRecord, complain: Complain): void {
  if (service.explicit && service.target !== STARTED) complain("I2: explicit with target STOPPED");
  if (service.claims > 0 && service.state === STOPPED) complain("I2: claimed but STOPPED");
  if (service.claims === 0 && service.target === STARTED) complain("I2: unclaimed with target STARTED");
  if (service.state === STOPPED && service.target === STARTED) complain("STOPPED with target STARTED");
  if (service.state === STOPPED && service.force) complain("STOPPED with force");
}

/** I4, first half; `broughtTooEarly` and `takenDownTooEarly` are the other. */
function checkDependencies(service: ServiceRecord, complain: Complain): void {
  if (service.state !== STARTED) return;
  for (const edge of service.dependencies) {
    if (isHard(edge) && edge.to.state !== STARTED) complain(`I4: STARTED without ${edge.to.name}`);
  }
}

/** I8. */
function checkWaiting(service: ServiceRecord, exempt: ReadonlySet<ServiceRecord>, complain: Complain): void {
  if (service.phase.kind === "waiting-for-dependencies") {
    if (service.waits === 0) complain("I8: waits for nothing");
    for (const edge of service.dependencies) {
      if (!edge.waiting || exempt.has(edge.to)) continue;
      if (edge.to.state === STOPPED) complain(`I8: waits for ${edge.to.name}, which is STOPPED`);
      if (isHard(edge) && edge.to.state === STOPPING && edge.to.target === STOPPED) {
        complain(`I8: waits for ${edge.to.name}, which stops for good`);
      }
    }
  }
  if (service.phase.kind === "waiting-for-dependents") {
    const held = service.dependents.some((edge) => isHard(edge) && !isTriviallyStopped(edge.from));
    if (!held) complain("I8: waits for no dependent");
  }
}

/** I4: the violated condition when a service is brought up; `undefined` if there is none. */
export function broughtUpTooEarly(service: ServiceRecord): string | undefined {
  if (service.waits > 0) return `${service.name} is brought up while it waits`;
  const missing = service.dependencies.find((edge) => isHard(edge) && edge.to.state !== STARTED);
  return missing && `${service.name} is brought up without ${missing.to.name}`;
}

/** I4: the violated condition when a service is brought down; `undefined` if there is none. */
export function takenDownTooEarly(service: ServiceRecord): string | undefined {
  const dependent = service.dependents.find((edge) => isHard(edge) && !isTriviallyStopped(edge.from));
  return dependent && `${service.name} is brought down before ${dependent.from.name}`;
}

/** Whether everything has come to its end: nothing moves, and nothing is active. */
export function isIdle(manager: ServiceManager): boolean {
  return ![...manager.services()].some((service) => isActive(service) || service.state === STOPPING);
}
