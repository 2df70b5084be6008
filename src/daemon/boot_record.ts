import { LibcUnavailableError, Machine } from "../host/mod.ts";
import type { DaemonState } from "./surviving/daemon_state.ts";

/** Records the boot in the system's login tables once, as soon as that is possible (daemon and init 3.7). */
export class BootRecord {
  readonly #state: DaemonState;

  constructor(state: DaemonState) {
    this.#state = state;
  }

  /** Tries to record it, unless that was done. */
  record(): void {
    if (this.#state.memory.bootRecorded) return;
    this.#state.change({ bootRecorded: openMachine()?.recordBoot(Date.now()) ?? false });
  }
}

function openMachine(): Machine | undefined {
  try {
    return Machine.open();
  } catch (error) {
    if (error instanceof LibcUnavailableError) return undefined;
    throw error;
  }
}
