import { ServiceState } from "../../model/mod.ts";
import { launchStep } from "../lifecycle/phase.ts";
import { isAlive, isHard, type ProcessRole, type ServiceRecord } from "../graph/record.ts";
import type { Launcher } from "./launcher.ts";

const { STARTED, STOPPED, STOPPING } = ServiceState;

/**
 * After a restore: launches a process that was to be launched and was never made. False: it is not needed any more, or
 * cannot be launched.
 */
export function launchAgain(launcher: Launcher, service: ServiceRecord, role: ProcessRole): boolean {
  const { phase, state, process } = service;
  if (role === "stop") {
    const isNeeded = phase.kind === "asked-to-stop" && isAlive(process.main);
    return isNeeded && launcher.launchStopCommand(service, role);
  }
  if (phase.kind === "running-stop-command") return launcher.launchStopCommand(service, role);
  const canRun = service.dependencies.every((edge) => !isHard(edge) || edge.to.state === STARTED);
  if (!canRun || state === STOPPING || service.target === STOPPED) return false;
  if (phase.kind === "running") return launcher.launchRun(service);
  return launchStep(phase)?.kind === "launching" && launcher.launchCommand(service);
}
