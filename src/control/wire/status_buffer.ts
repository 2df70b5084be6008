/** The status of a service as bytes, in the three forms of the protocol (control protocol 8). */

import type { FileTime } from "../../model/description.ts";
import { NO_EXIT } from "../../model/exit_status.ts";
import { ServiceState, StopReason } from "../../model/states.ts";

/** The size of a status buffer: 10 bytes up to protocol 4, 14 in protocol 5, 30 from protocol 6. */
export type StatusForm = 10 | 14 | 30;

/** The contents of a status buffer. A `ServiceStatus` of the model has the same fields. */
export interface WireStatus {
  /** A `ServiceState`. */
  readonly state: number;
  /** A `TargetState`. */
  readonly target: number;
  readonly waitingForConsole: boolean;
  readonly holdingConsole: boolean;
  readonly skipped: boolean;
  readonly explicit: boolean;
  /** A `StopReason`. */
  readonly reason: number;
  readonly pid: number | undefined;
  /** 0 unless the last launch failed. */
  readonly launchStage: number;
  /** 0 unless the last launch failed. */
  readonly launchErrno: number;
  /** The reason of the failure in words; not in the buffer, but in answers to queries. @default unknown */
  readonly launchText?: string;
  /** `{ code: -1, status: -1 }` from the 10-byte form, which only says "not zero". */
  readonly exit: { readonly code: number; readonly status: number };
  /** Only in the 30-byte form. */
  readonly modified?: FileTime;
}

/** Whether a service is stopped because of a failure: `dinitctl list` marks it with X (cli 3.7). */
export function hasFailed(status: WireStatus): boolean {
  if (status.state !== ServiceState.STOPPED || status.reason === StopReason.NORMAL) return false;
  return status.reason !== StopReason.TERMINATED || status.exit.status !== 0;
}

const WAITING_FOR_CONSOLE = 0x01;
const HOLDING_CONSOLE = 0x02;
const SKIPPED = 0x04;
const EXPLICIT = 0x08;
const HAS_PID = 0x10;

const UNKNOWN_EXIT = { code: -1, status: -1 };

/** Writes a status at `at`; `view` must have room for `form` bytes. */
export function encodeStatus(view: DataView, at: number, status: WireStatus, form: StatusForm): void {
  const { pid, exit, reason } = status;
  const launchFailed = pid === undefined && reason === StopReason.EXECFAILED;
  view.setUint8(at, status.state);
  view.setUint8(at + 1, status.target);
  view.setUint8(
    at + 2,
    (status.waitingForConsole ? WAITING_FOR_CONSOLE : 0) | (status.holdingConsole ? HOLDING_CONSOLE : 0) |
      (status.skipped ? SKIPPED : 0) | (status.explicit ? EXPLICIT : 0) | (pid === undefined ? 0 : HAS_PID),
  );
  view.setUint8(at + 3, reason);
  view.setUint16(at + 4, launchFailed ? status.launchStage : 0, true);
  const hasExit = pid === undefined && !launchFailed;
  view.setInt32(at + 6, pid ?? (launchFailed ? status.launchErrno : exitValue(exit, form)), true);
  if (form === 10) return;
  view.setInt32(at + 10, hasExit ? exit.status : 0, true);
  if (form === 14) return;
  view.setBigInt64(at + 14, BigInt(status.modified?.seconds ?? 0), true);
  view.setBigInt64(at + 22, BigInt(status.modified?.nanoseconds ?? 0), true);
}

/** Value A for an ended process: its `si_code`, or in the 10-byte form whether its status was not zero. */
function exitValue(exit: WireStatus["exit"], form: StatusForm): number {
  if (form !== 10) return exit.code;
  return exit.status === 0 ? 0 : -1;
}

/** Reads the status at `at`, which must have `form` bytes. */
export function decodeStatus(view: DataView, at: number, form: StatusForm): WireStatus {
  const flags = view.getUint8(at + 2);
  const reason = view.getUint8(at + 3);
  const valueA = view.getInt32(at + 6, true);
  const hasPid = (flags & HAS_PID) !== 0;
  const launchFailed = !hasPid && reason === StopReason.EXECFAILED;
  const status = {
    state: view.getUint8(at),
    target: view.getUint8(at + 1),
    waitingForConsole: (flags & WAITING_FOR_CONSOLE) !== 0,
    holdingConsole: (flags & HOLDING_CONSOLE) !== 0,
    skipped: (flags & SKIPPED) !== 0,
    explicit: (flags & EXPLICIT) !== 0,
    reason,
    pid: hasPid ? valueA : undefined,
    launchStage: launchFailed ? view.getUint16(at + 4, true) : 0,
    launchErrno: launchFailed ? valueA : 0,
    exit: hasPid || launchFailed ? NO_EXIT : decodeExit(view, at, form),
  };
  if (form !== 30) return status;
  const seconds = Number(view.getBigInt64(at + 14, true));
  return { ...status, modified: { seconds, nanoseconds: Number(view.getBigInt64(at + 22, true)) } };
}

function decodeExit(view: DataView, at: number, form: StatusForm): WireStatus["exit"] {
  const code = view.getInt32(at + 6, true);
  if (form !== 10) return { code, status: view.getInt32(at + 10, true) };
  return code === 0 ? NO_EXIT : UNKNOWN_EXIT;
}
