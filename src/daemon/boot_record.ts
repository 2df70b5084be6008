import { LibcUnavailableError, Machine } from "../host/mod.ts";

/** The boot in the system's tables of logins: entered once, as soon as that is possible (daemon and init 3.7). */
export class BootRecord {
  #recorded = false;

  /** Tries to enter it, unless it has been. */
  record(): void {
    if (!this.#recorded) this.#recorded = openMachine()?.recordBoot(Date.now()) ?? false;
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
