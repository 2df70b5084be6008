/** The record of running processes that hosts keep outside the daemon, so that it survives a kill. */

import type { LaunchPlan } from "../../engine/mod.ts";
import type { Plain } from "../../model/saving.ts";
import type { JournalEntry } from "./journal_format.ts";

/** Identifies one launch of a process in the record. */
export type LaunchNumber = number;

/** The reports of hosts to the record, in this order. Calls return at once and never throw. */
export interface ProcessRecord {
  /** The host is about to make a process, for which it holds something. @param holds see `JournalEntry` */
  launching(plan: LaunchPlan, holds: Plain | undefined): LaunchNumber;
  /** Keeps all that was recorded so far. Call it before the process of an announced launch can exist. */
  commit(): void;
  /** The launch made this process. */
  started(launch: LaunchNumber, pid: number): void;
  /** The launch made no process. */
  failed(launch: LaunchNumber): void;
  /** A pid file names this process, and it belongs to the service from now on. */
  adopted(pid: number, service: string): void;
  /** An earlier program has recorded this process, and the host goes on with it. */
  continued(entry: JournalEntry, pid: number): void;
  /** The process has ended. Processes that were never recorded are ignored. */
  ended(pid: number): void;
}

/** Records nothing. */
export const NO_RECORD: ProcessRecord = {
  launching: () => 0,
  commit() {},
  started() {},
  failed() {},
  adopted() {},
  continued() {},
  ended() {},
};
