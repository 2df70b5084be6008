import { LibcUnavailableError } from "../host/mod.ts";
import { typed } from "../model/mod.ts";

/** Records the boot in the system's login tables once, as soon as that is possible (daemon and init 3.7). */
export class BootRecord {
  #recorded = false;

  /** Tries to record it, unless that was done. */
  async record(): Promise<void> {
    if (this.#recorded) return;
    const { Machine } = await typed(import("../system/machine.ts"));
    try {
      this.#recorded = Machine.open().recordBoot(Date.now());
    } catch (error) {
      if (!(error instanceof LibcUnavailableError)) throw error;
    }
  }
}
