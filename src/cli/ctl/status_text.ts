/** The state of a service in words. `status`, the overview and the start commands use the same words. */

import type { WireStatus } from "../../client/mod.ts";
import { errnoText } from "../../model/errno.ts";
import { launchStageText, StopReason } from "../../model/states.ts";

const STATE_NAMES = ["STOPPED", "STARTING", "STARTED", "STOPPING"];

/** The name of a state, such as `STARTED`. */
export function stateName(state: number): string {
  return STATE_NAMES[state] ?? "UNKNOWN";
}

/** How a process ended: the HOW of cli 3.4. */
export function exitText(exit: WireStatus["exit"]): string {
  if (exit.code === 1) return `exited - status ${exit.status}`;
  if (exit.code === 2) return `signalled - signal ${exit.status}`;
  return "unknown reason";
}

/** Where and why a process could not be launched. */
export interface LaunchFailure {
  readonly stage: string;
  readonly error: string;
}

/** Why a stopped service is stopped. */
export interface StopText {
  /** Empty for an ordinary stop. */
  readonly reason: string;
  /** Only for a process that could not be launched. */
  readonly launch?: LaunchFailure;
}

/** The launch failure in a status with reason EXECFAILED. */
export function launchFailure(status: WireStatus): LaunchFailure {
  const { launchStage, launchErrno, launchText } = status;
  return { stage: launchStageText(launchStage), error: launchText ?? errnoText(launchErrno) };
}

/** The lines that describe a launch failure below the line that mentions it (cli 3.4, 3.5). */
export function launchFailureLines({ stage, error }: LaunchFailure): string[] {
  return [`        Stage: ${stage}`, `        Error: ${error}`];
}

/** Why a stopped service is stopped (the table of cli 3.5). */
export function stopText(status: WireStatus): StopText {
  const how = status.exit.status === 0 ? "" : `; ${exitText(status.exit)}`;
  switch (status.reason) {
    case StopReason.DEPRESTART:
      return { reason: "dependency restarted" };
    case StopReason.DEPFAILED:
      return { reason: "dependency failed/terminated" };
    case StopReason.FAILED:
      return { reason: `failed to start${how}` };
    case StopReason.EXECFAILED:
      return { reason: "could not be launched", launch: launchFailure(status) };
    case StopReason.TIMEDOUT:
      return { reason: "start timed out" };
    case StopReason.TERMINATED:
      return { reason: `terminated${how}` };
    case StopReason.UNHEALTHY:
      return { reason: `unhealthy${how}` };
    default:
      return { reason: "" };
  }
}

/** The lines about the reason of a failed start (cli 3.4). The oldest daemons send no `status`. */
export function startFailureLines(status: WireStatus | undefined): string[] {
  switch (status?.reason) {
    case StopReason.DEPFAILED:
      return ["Reason: a dependency of the service failed to start. Check dinit log."];
    case StopReason.TIMEDOUT:
      return ["Reason: start timed out."];
    case StopReason.EXECFAILED:
      return ["Reason: execution of service process failed:", ...launchFailureLines(launchFailure(status))];
    case StopReason.FAILED:
      return [`Reason: service process terminated before ready: ${exitText(status.exit)}`];
    default:
      return ["Reason unknown/unrecognised. Check dinit log."];
  }
}
