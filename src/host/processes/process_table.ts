import type { ProcessRole } from "../../engine/mod.ts";
import type { LoginName } from "../../system/mod.ts";
import type { LaunchWatch } from "../launch/launch_watch.ts";

/**
 * How the host sees the end of a process: it reaps a child, it watches the handle of a process that a killed daemon
 * has left, and it does not see the end of another process that a pid file names.
 */
export type ProcessTie = "child" | "handle" | "none";

/** A process of a service. */
export interface TrackedProcess {
  readonly id: number;
  readonly role: ProcessRole;
  readonly pid: number;
  readonly tie: ProcessTie;
  /** It had its process id at this tick since boot. So a process with this id that was started later is another one. */
  readonly seen: number;
  /** Its entry in the login table. */
  readonly login: LoginName | undefined;
  /** The watch of its launch, while the launch is not complete. */
  watch: LaunchWatch | undefined;
  /** Whether its command was executed has not been reported. */
  pending: boolean;
  /** Its launch has failed, so its exit is not reported. */
  silent: boolean;
  /** The descriptor of its handle. */
  handle?: number;
}

/** The processes of services, by process id and by service and role. */
export class ProcessTable {
  readonly #byPid = new Map<number, TrackedProcess>();
  readonly #byRole = new Map<string, TrackedProcess>();
  /** Processes that are no children. */
  readonly #foreign = new Set<TrackedProcess>();
  readonly #changed: (pid: number) => void;

  /** `changed` is called when the document of a process has changed. @default no call */
  constructor(changed: (pid: number) => void = () => {}) {
    this.#changed = changed;
  }

  /** Enters a process. It replaces an earlier process in its role, which can still be found by its id. */
  add(process: TrackedProcess): void {
    const role = key(process.id, process.role);
    const replaced = this.#byRole.get(role);
    if (process.tie === "child") this.#byPid.set(process.pid, process);
    else this.#foreign.add(process);
    this.#byRole.set(role, process);
    if (replaced !== undefined) this.#changed(replaced.pid);
    this.#changed(process.pid);
  }

  /** Enters a process that has lost its role. */
  addDismissed(process: TrackedProcess): void {
    if (process.tie === "child") this.#byPid.set(process.pid, process);
    else this.#foreign.add(process);
    this.#changed(process.pid);
  }

  /** The document of a process has changed. */
  changed({ pid }: TrackedProcess): void {
    this.#changed(pid);
  }

  /** A process of any kind, by its process id. */
  find(pid: number): TrackedProcess | undefined {
    return this.#byPid.get(pid) ?? [...this.#foreign].find((process) => process.pid === pid);
  }

  /** All processes. */
  all(): TrackedProcess[] {
    return [...this.#byPid.values(), ...this.#foreign];
  }

  /** The process of a service in a role. */
  inRole(id: number, role: ProcessRole): TrackedProcess | undefined {
    return this.#byRole.get(key(id, role));
  }

  /** A child, by its process id. */
  child(pid: number): TrackedProcess | undefined {
    return this.#byPid.get(pid);
  }

  /** The process loses its role: nothing is sent to it any more. */
  dismiss(process: TrackedProcess): void {
    const name = key(process.id, process.role);
    if (this.#byRole.get(name) !== process) return;
    this.#byRole.delete(name);
    this.#changed(process.pid);
  }

  /** The process is gone. */
  remove(process: TrackedProcess): void {
    this.dismiss(process);
    this.#foreign.delete(process);
    if (this.#byPid.get(process.pid) === process) this.#byPid.delete(process.pid);
    this.#changed(process.pid);
  }

  /** Drops the processes of a service whose end the host does not see. */
  forget(id: number): void {
    for (const process of this.#foreign) {
      if (process.id === id && process.tie === "none") this.remove(process);
    }
  }
}

function key(id: number, role: ProcessRole): string {
  return `${id} ${role}`;
}
