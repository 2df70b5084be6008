/** Sends signals to the processes of services, and never to the daemon's own group. */

import type { SignalOutcome } from "../../engine/mod.ts";
import { Errno } from "../../model/mod.ts";
import type { Processes } from "../../system/mod.ts";

const { ESRCH, EINVAL } = Errno;
const LAST_SIGNAL = 64;

/** Whether a signal has this number; 0 only asks whether the process exists. */
export function isSignalNumber(signal: number): boolean {
  return Number.isInteger(signal) && signal >= 0 && signal <= LAST_SIGNAL;
}

/** Sends a signal to a process or to its group. */
export function sendSignal(
  processes: Processes,
  pid: number,
  { signal, group }: { readonly signal: number; readonly group: boolean },
): SignalOutcome {
  if (pid <= 1) return "no-process";
  const errno = processes.kill(group ? targetFor(processes, pid) : pid, signal);
  if (errno === 0) return "sent";
  return errno === ESRCH ? "no-process" : errno === EINVAL ? "bad-signal" : { errno };
}

/** The target of a signal to the group of a process: never the daemon's own group. */
function targetFor(processes: Processes, pid: number): number {
  const group = processes.groupOf(pid) ?? pid;
  return group <= 1 || (group !== pid && group === processes.ownGroup()) ? pid : -group;
}
