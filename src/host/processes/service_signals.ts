import { Errno, Signal } from "../../model/mod.ts";
import type { ProcessRole, SignalOutcome } from "../../engine/mod.ts";
import type { Processes } from "../../system/mod.ts";
import type { ProcessHandles } from "../../system/surviving.ts";
import type { ProcessTable, TrackedProcess } from "./process_table.ts";

const { ESRCH, EINVAL } = Errno;
const { TERM, KILL } = Signal;
const EVERYTHING = -1;

/** Sends signals to the processes of services. */
export class ServiceSignals {
  readonly #processes: Processes;
  readonly #handles: ProcessHandles;
  readonly #table: ProcessTable;

  constructor(processes: Processes, handles: ProcessHandles, table: ProcessTable) {
    this.#processes = processes;
    this.#handles = handles;
    this.#table = table;
  }

  /** Sends a signal to the process of a service in a role, or to its group. */
  send(id: number, role: ProcessRole, signal: number, group: boolean): SignalOutcome {
    const process = this.#table.inRole(id, role);
    if (process === undefined || process.pid <= 1) return "no-process";
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
