import { Errno, Signal } from "../../model/mod.ts";
import type { ProcessRole, SignalOutcome } from "../../engine/mod.ts";
import type { Processes } from "../../system/mod.ts";
import type { ProcessHandles } from "../../system/surviving.ts";
import type { HeldSignal } from "../launch/flight.ts";
import type { LaunchQueue } from "../launch/launch_queue.ts";
import type { ProcessTable, TrackedProcess } from "./process_table.ts";

const { ESRCH, EINVAL } = Errno;
const { TERM, KILL } = Signal;
const EVERYTHING = -1;
const LAST_SIGNAL = 64;

/** Sends signals to the processes of services. */
export class ServiceSignals {
  readonly #processes: Processes;
  readonly #handles: ProcessHandles;
  readonly #table: ProcessTable;
  readonly #launches: Pick<LaunchQueue, "hold">;

  constructor(
    processes: Processes,
    handles: ProcessHandles,
    table: ProcessTable,
    launches: Pick<LaunchQueue, "hold">,
  ) {
    this.#launches = launches;
    this.#processes = processes;
    this.#handles = handles;
    this.#table = table;
  }

  /** Sends a signal to the process of a service in a role, or to its group. A launch that is not over holds it. */
  send(id: number, role: ProcessRole, signal: number, group: boolean): SignalOutcome {
    const sent = { signal, group };
    if (this.#launches.hold(id, role, sent)) return isSignalNumber(signal) ? "sent" : "bad-signal";
    const process = this.#table.inRole(id, role);
    return process === undefined ? "no-process" : this.sendTo(process, sent);
  }

  /** Sends a signal to a process, or to its group. */
  sendTo(process: TrackedProcess, { signal, group }: HeldSignal): SignalOutcome {
    if (process.pid <= 1) return "no-process";
    const errno = group
      ? this.#processes.kill(this.#groupOf(process.pid), signal)
      : this.#one(process, signal);
    if (errno === 0) return "sent";
    return errno === ESRCH ? "no-process" : errno === EINVAL ? "bad-signal" : { errno };
  }

  /** Sends TERM to every process, and KILL after a pause in milliseconds. */
  killAll(pause: number, killed: () => void): void {
    this.#processes.kill(EVERYTHING, TERM);
    setTimeout(() => {
      this.#processes.kill(EVERYTHING, KILL);
      killed();
    }, pause);
  }

  #one({ pid, handle }: TrackedProcess, signal: number): number {
    return handle === undefined ? this.#processes.kill(pid, signal) : this.#handles.signal(handle, signal);
  }

  /** The target of a signal to the group of a process: never the daemon's own group. */
  #groupOf(pid: number): number {
    const group = this.#processes.groupOf(pid) ?? pid;
    return group <= 1 || group === this.#processes.ownGroup() ? pid : -group;
  }
}

/** Whether a signal has this number; 0 only asks whether the process exists. */
function isSignalNumber(signal: number): boolean {
  return Number.isInteger(signal) && signal >= 0 && signal <= LAST_SIGNAL;
}
