import { LibcUnavailableError } from "../host/mod.ts";
import { typed } from "../model/mod.ts";
import type { DaemonState } from "./surviving/daemon_state.ts";

/** Records the boot in the system's login tables once, as soon as that is possible (daemon and init 3.7). */
export class BootRecord {
  readonly #state: DaemonState;

  constructor(state: DaemonState) {
    this.#state = state;
  }

  /** Tries to record it, unless that was done. */
  async record(): Promise<void> {
    const { Machine } = await typed(import("../system/machine.ts"));
    if (this.#state.memory.bootRecorded) return;
    try {
      this.#state.change({ bootRecorded: Machine.open().recordBoot(Date.now()) });
    } catch (error) {
      if (!(error instanceof LibcUnavailableError)) throw error;
    }
  }
}
