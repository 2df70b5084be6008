import type { ProcessRole } from "../../engine/mod.ts";
import type { LoginName } from "../../system/mod.ts";
import type { LaunchWatch } from "../launch/launch_watch.ts";

/** A process of a service. */
export interface TrackedProcess {
  readonly id: number;
  readonly role: ProcessRole;
  readonly pid: number;
  /** It is a child: its end will be seen. */
  readonly child: boolean;
  /** Its entry in the table of logins. */
  readonly login: LoginName | undefined;
  /** What it still has to say about its launch. */
  watch: LaunchWatch | undefined;
  /** Its launch has failed: its end is nobody's business. */
  silent: boolean;
}

/** The processes of services, by process id and by service and role. */
export class ProcessTable {
  readonly #byPid = new Map<number, TrackedProcess>();
  readonly #byRole = new Map<string, TrackedProcess>();
  /** Those that are no children. */
  readonly #foreign = new Set<TrackedProcess>();

  /** Enters a process. It takes the place of an earlier one in its role, which is still found by its id. */
  add(process: TrackedProcess): void {
    if (process.child) this.#byPid.set(process.pid, process);
    else this.#foreign.add(process);
    this.#byRole.set(key(process.id, process.role), process);
  }

  /** The process that a service has in a role. */
  inRole(id: number, role: ProcessRole): TrackedProcess | undefined {
    return this.#byRole.get(key(id, role));
  }

  /** A child, by its process id. */
  child(pid: number): TrackedProcess | undefined {
    return this.#byPid.get(pid);
  }

  /** The process has no role any more: nothing is sent to it. */
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

  /** Forgets what a service has. */
  forget(id: number): void {
    for (const process of this.#foreign) if (process.id === id) this.remove(process);
  }
}

function key(id: number, role: ProcessRole): string {
  return `${id} ${role}`;
}
