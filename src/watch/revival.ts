/** Starts a service again that has ended by itself, with the services that went down because of it. */

import { failureCause, type ServiceRecord, type StartResult, type WakeResult } from "../engine/mod.ts";
import { DependencyKind, ServiceState, StopReason } from "../model/mod.ts";

const { REGULAR, PREPARED_BY } = DependencyKind;

/** The commands of the engine that this needs. */
export interface RevivingEngine {
  wake(service: ServiceRecord): WakeResult;
  start(service: ServiceRecord): StartResult;
}

/** Whether the service is down, and nobody has stopped it: its process ended, or its start failed. */
export function endedByItself(service: ServiceRecord): boolean {
  const isDown = service.state === ServiceState.STOPPED;
  return isDown && (service.reason === StopReason.TERMINATED || failureCause(service) !== undefined);
}

/**
 * Attaches the services to those that still want them. What nobody wants was started by a command, and is started like
 * that again.
 */
export function revive(engine: RevivingEngine, service: ServiceRecord): void {
  const fallen = fallenWith(service);
  const isDown = ({ state }: ServiceRecord) => state === ServiceState.STOPPED;
  for (const one of fallen) engine.wake(one);
  for (const one of fallen.toReversed()) if (isDown(one)) engine.start(one);
}

/** The service, and behind it those that need it, directly or not, and have failed with it. */
function fallenWith(service: ServiceRecord): ServiceRecord[] {
  const found = new Set([service]);
  for (const one of found) {
    for (const { from, kind } of one.dependents) {
      const needs = kind === REGULAR || kind === PREPARED_BY;
      const isDown = from.state === ServiceState.STOPPED;
      if (needs && isDown && failureCause(from) === "dependency-failed") found.add(from);
    }
  }
  return [...found];
}
