/**
 * Replaces the process of a service that is up: the process is asked to end, and a new one follows at once. The service
 * stays started, so its dependents keep running. Neither `restart` nor the restart limit matters. An addition to the
 * reference.
 */

import { processKind, ServiceState, Signal } from "../../model/mod.ts";
import { endsRemains, isAlive, type ServiceRecord } from "../graph/record.ts";
import { PHASE } from "../lifecycle/phase.ts";
import type { Launcher } from "./launcher.ts";
import { startAfresh } from "./restart_policy.ts";

const { STARTED } = ServiceState;

/** Whether the service is up and stays up, with a process of which the host reports the end. */
export function isReplaceable({ type, phase, state, target, force }: ServiceRecord): boolean {
  const staysUp = state === STARTED && target === STARTED && !force;
  return staysUp && phase.kind !== "ending-unhealthy" && processKind(type) === "lasting";
}

/** Asks the process to end. If there is none, because a new one is due after the restart delay, launches it now. */
export function replaceProcess(launcher: Launcher, service: ServiceRecord): void {
  if (!isReplaceable(service)) return;
  const { process, description: { termSignal, stopTimeout } } = service;
  if (endsRemains(process)) return; // a new process follows anyway when what the old one has left is gone
  if (!isAlive(process.main)) {
    launchReplacement(launcher, service);
    return;
  }
  launcher.lifecycle.enter(service, PHASE.replacing);
  launcher.signalGroup(service, termSignal || Signal.KILL);
  launcher.armTimer(service, "stop-timeout", stopTimeout);
}

/** Launches the new process, as after a command and not as after a crash. False: the service does not stay up. */
export function launchReplacement(launcher: Launcher, service: ServiceRecord): boolean {
  if (!isReplaceable(service)) return false;
  launcher.cancelTimer(service);
  launcher.lifecycle.enter(service, { kind: "recovering", step: PHASE.restartDelay });
  startAfresh(service);
  launcher.relaunch(service);
  if (service.parameters?.once) service.parameters = undefined;
  return true;
}
