/** When a service restarts automatically, and how often (lifecycle specification 3.10, 8.10); and when it has failed for good. */

import {
  type ExitStatus,
  hasLastingProcess,
  isClean,
  processKind,
  ServiceState,
  Signal,
  StopReason,
} from "../../model/mod.ts";
import type { FailureCause } from "../graph/failure.ts";
import type { ServiceRecord } from "../graph/record.ts";

const { DEPFAILED, EXECFAILED, TIMEDOUT, TERMINATED } = StopReason;

/** A death by one of these signals is no failure: somebody asked the process to end. */
const ORDERLY_SIGNALS: readonly number[] = [Signal.HUP, Signal.INT, Signal.USR1, Signal.USR2, Signal.TERM];

/** Whether the settings ask for another start. A process that has never ended counts as failed (3.10, step 3). */
export function wantsRestart(service: ServiceRecord): boolean {
  switch (service.description.restart) {
    case "always":
      return true;
    case "never":
      return false;
    case "on-failure":
      return hasLastingProcess(service.type) &&
        (service.reason === StopReason.UNHEALTHY || isFailure(service.process.exit));
  }
}

/** Whether a process ended with an error: not with status 0, and not because somebody asked it to end. */
export function isFailure(exit: ExitStatus | undefined): boolean {
  return exit?.kind === "killed" ? !ORDERLY_SIGNALS.includes(exit.signal) : !isClean(exit);
}

/** Forgets earlier restarts: this start is not automatic. */
export function startAfresh({ process }: ServiceRecord): void {
  process.limitCount = 0;
  process.grownDelay = 0;
}

/** The least time between the last launch and an automatic one, in milliseconds (8.10). */
export function restartDelay({ type, description, process }: ServiceRecord): number {
  if (processKind(type) === "script") return 0;
  return Math.max(description.restartDelay, process.grownDelay);
}

/** The process has ended: the delay grows, or is the first one again if the service has run long enough. */
function growDelay(service: ServiceRecord, now: number): void {
  const { process, description } = service;
  const { restartDelay: first, restartDelayFactor: factor, restartDelayMax: most } = description;
  const ran = now - (process.lastLaunch ?? now);
  const isStable = ran >= Math.max(restartDelay(service), description.restartLimitInterval);
  if (factor === 1) process.grownDelay = 0;
  else if (isStable || process.grownDelay === 0) process.grownDelay = first;
  else process.grownDelay = Math.min(process.grownDelay * factor, Math.max(most, first));
}

/**
 * Counts one automatic restart. If there were too many within the interval, returns false, with target STOPPED and a
 * message. Only services with a lasting process ask.
 */
export function restartAllowed(service: ServiceRecord, now: number, tooOften: () => void): boolean {
  if (countRestart(service, now)) return true;
  service.gaveUp = "restart-limit";
  tooOften();
  service.target = ServiceState.STOPPED;
  return false;
}

/** Counts one automatic restart, or one more try of a run; false: there were too many within the interval. */
export function countRestart(service: ServiceRecord, now: number): boolean {
  const { process, description } = service;
  if (description.restartLimitCount > 0) {
    if (now - process.limitStart >= description.restartLimitInterval) {
      process.limitStart = now;
      process.limitCount = 0;
    }
    if (process.limitCount >= description.restartLimitCount) return false;
    process.limitCount += 1;
  }
  growDelay(service, now);
  return true;
}

/**
 * A service has failed, or a run of it: the services that `on-failure` names are due. A run that was itself started
 * because of a failure starts no others, so that failures never go round in a circle.
 */
export function noteFailure(service: ServiceRecord, cause: FailureCause): void {
  const { onFailure } = service.description;
  const startsHooks = onFailure.length > 0 && service.parameters === undefined;
  if (startsHooks) service.hooks = { cause, exit: service.process.exit, due: onFailure };
}

/** Why a service that stays down has failed; `undefined`: it has not failed. A command may have stopped it. */
export function failureCause(
  { reason, startFailed, gaveUp, process }: ServiceRecord,
): FailureCause | undefined {
  if (startFailed) {
    if (reason === EXECFAILED) return "exec-failed";
    if (reason === TIMEDOUT) return "timed-out";
    return reason === DEPFAILED ? "dependency-failed" : "start-failed";
  }
  // The stop reason does not say it: a command to stop a dependency gives the same one.
  if (gaveUp !== undefined) return gaveUp;
  if (reason === StopReason.UNHEALTHY) return "unhealthy";
  return reason === TERMINATED && isFailure(process.exit) ? "terminated" : undefined;
}
