/** What a daemon says and does after it has continued from a saved state. It is loaded only then. */

import { LoadError, PRODUCT_VERSION } from "../../model/mod.ts";
import type { ServiceManager } from "../../engine/mod.ts";
import type { DaemonLog } from "../../log/mod.ts";
import type { FaultLimit } from "../../options/dinit.ts";
import type { Continuation } from "./continuation.ts";
import { writeCrashReport } from "./crash_report.ts";
import { isTooMany, recentFaults } from "./fault_limit.ts";
import type { FaultRecord } from "./fault_record.ts";
import type { DaemonState } from "./daemon_state.ts";

/** What the aftermath is given. */
export interface AftermathContext {
  readonly continuation: Continuation;
  readonly state: DaemonState;
  readonly log: DaemonLog;
  readonly limit: FaultLimit;
  /** By the engine's clock, in milliseconds. */
  readonly now: number;
  /** Process 1, which never gives up. */
  readonly mustGoOn: boolean;
}

/**
 * Says what has happened, and counts a fault. False: there were too many, so the daemon gives up; its services go on,
 * and the next daemon takes them over.
 */
export function lookBack(context: AftermathContext): boolean {
  const { continuation: { way, fault, parts }, log } = context;
  if (fault !== undefined) return countFault(context, fault);
  if (way === "upgrade") log.message("info", `dinit ${PRODUCT_VERSION} has taken over`);
  if (way === "adopt") {
    const count = parts.get("process")?.size ?? 0;
    log.message(
      "warn",
      `an earlier instance was killed; ${processes(count)} it has started belong to this one now`,
    );
  }
  return true;
}

function processes(count: number): string {
  return count === 1 ? "the process that" : `the ${count} processes that`;
}

function countFault({ state, log, limit, now, mustGoOn }: AftermathContext, fault: FaultRecord): boolean {
  const faults = recentFaults([...state.memory.faults, now], limit.seconds);
  state.change({ faults });
  const had = `dinit had a fault: ${fault.words}`;
  if (!isTooMany(faults, limit)) {
    const rest = limit.count === 0 ? "" : ` (fault ${faults.length} of ${limit.count} in ${limit.seconds} s)`;
    log.message("error", `${had}; it continues, and all services with it${rest}`);
    return true;
  }
  const many = `${faults.length} faults in ${limit.seconds} s`;
  if (mustGoOn) {
    log.message(
      "error",
      `${many}: the unfinished commands of clients are dropped, and the service recovery is started`,
    );
    return true;
  }
  log.message(
    "error",
    `${many} are too many; dinit ends, its services go on, and the next dinit takes them over`,
  );
  return false;
}

/** Whether the daemon must recover from too many faults, because it cannot give up. */
export function mustRecover({ memory }: DaemonState, limit: FaultLimit): boolean {
  return isTooMany(memory.faults, limit);
}

/** Starts the service `recovery`. */
export function recover(manager: ServiceManager): void {
  try {
    manager.start(manager.load("recovery"));
  } catch (error) {
    if (!(error instanceof LoadError)) throw error; // it was logged
  }
}

/** What a report of a fault needs. */
export interface ReportContext {
  readonly fault: FaultRecord;
  readonly logFile: string;
  readonly state: DaemonState;
  readonly now: number;
  readonly recent: readonly unknown[];
  readonly log: DaemonLog;
}

/** Writes the report of a fault beside the main log. */
export async function reportFault(context: ReportContext): Promise<void> {
  const { fault, logFile, state, now, recent, log } = context;
  const folder = `${logFile.slice(0, logFile.lastIndexOf("/") + 1)}crashes`;
  try {
    const uptime = now - state.memory.startedAt;
    const path = await writeCrashReport(folder, {
      fault,
      uptime,
      faults: state.memory.faults.length,
      recent,
    });
    log.message("info", `The report of the fault is ${path}`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    log.message("warn", `The report of the fault cannot be written: ${error.message}`);
  }
}
