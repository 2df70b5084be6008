import type { ProcessRole } from "../../engine/mod.ts";
import type { LoginName } from "../../system/mod.ts";
import type { LaunchWatch } from "../launch/launch_watch.ts";

/** A process of a service. */
export interface TrackedProcess {
  readonly id: number;
  readonly role: ProcessRole;
  readonly pid: number;
  /** It is a child, so the host will see its exit. */
  readonly child: boolean;
  /** Its entry in the login table. */
  readonly login: LoginName | undefined;
  /** The watch of its launch, while the launch is not complete. */
  watch: LaunchWatch | undefined;
  /** Its launch has failed, so its exit is not reported. */
  silent: boolean;
}

/** The processes of services, by process id and by service and role. */
export class ProcessTable {
  readonly #byPid = new Map<number, TrackedProcess>();
  readonly #byRole = new Map<string, TrackedProcess>();
  /** Processes that are no children. */
  readonly #foreign = new Set<TrackedProcess>();

  /** Enters a process. It replaces an earlier process in its role, which can still be found by its id. */
  add(process: TrackedProcess): void {
    if (process.child) this.#byPid.set(process.pid, process);
    else this.#foreign.add(process);
    this.#byRole.set(key(process.id, process.role), process);
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
    if (this.#byRole.get(name) === process) this.#byRole.delete(name);
  }

  /** The process is gone. */
  remove(process: TrackedProcess): void {
    this.dismiss(process);
    this.#foreign.delete(process);
    if (this.#byPid.get(process.pid) === process) this.#byPid.delete(process.pid);
  }

  /** Drops the processes of a service. */
  forget(id: number): void {
    for (const process of this.#foreign) if (process.id === id) this.remove(process);
  }
}

function key(id: number, role: ProcessRole): string {
  return `${id} ${role}`;
}
