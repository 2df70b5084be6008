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
 * Counts a fault. False: there were too many, so the daemon gives up, which is logged; its services go on, and the next
 * daemon takes them over.
 */
export function lookBack(context: AftermathContext): boolean {
  const { continuation: { fault }, state, log, limit, now, mustGoOn } = context;
  if (fault === undefined) return true;
  const faults = recentFaults([...state.memory.faults, now], limit.seconds);
  state.change({ faults });
  if (mustGoOn || !isTooMany(faults, limit)) return true;
  const rest = "are too many: it ends, its services go on, and the next dinit adopts them";
  log.message("error", `${had(fault)}; ${counted(faults, limit)} ${rest}`);
  return false;
}

/** Says what has happened to the program before. */
export function report(
  { way, fault, parts }: Continuation,
  { memory: { faults } }: DaemonState,
  log: DaemonLog,
  limit: FaultLimit,
): void {
  if (way === "upgrade") log.message("info", `dinit ${PRODUCT_VERSION} has taken over`);
  if (way === "adopt") {
    const count = parts.get("process")?.size ?? 0;
    log.message(
      "warn",
      `an earlier instance was killed; ${processes(count)} it has started belong to this one now`,
    );
  }
  if (fault === undefined) return;
  const many = isTooMany(faults, limit)
    ? `${
      counted(faults, limit)
    }: unfinished commands of clients are dropped, and the service recovery is started`
    : `it continues, and all services with it${limit.count === 0 ? "" : ` (${ordinal(faults, limit)})`}`;
  log.message("error", `${had(fault)}; ${many}`);
}

function had({ words }: FaultRecord): string {
  return `dinit had a fault: ${words}`;
}

function counted({ length }: readonly number[], { seconds }: FaultLimit): string {
  return `${length} faults in ${seconds} s`;
}

function ordinal({ length }: readonly number[], { count, seconds }: FaultLimit): string {
  return `fault ${length} of ${count} in ${seconds} s`;
}

function processes(count: number): string {
  return count === 1 ? "the process that" : `the ${count} processes that`;
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
