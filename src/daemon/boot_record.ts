import { LibcUnavailableError } from "../host/mod.ts";
import { typed } from "../model/mod.ts";
import type { DaemonState } from "./surviving/daemon_state.ts";

/**
 * Records the boot in the system's login tables, unless that was done (daemon and init 3.7). Call it as soon as that may
 * be possible.
 */
export async function recordBoot(state: DaemonState): Promise<void> {
  const { Machine } = await typed(import("../system/machine.ts"));
  if (state.memory.bootRecorded) return;
  try {
    state.change({ bootRecorded: Machine.open().recordBoot(Date.now()) });
  } catch (error) {
    if (!(error instanceof LibcUnavailableError)) throw error;
  }
}
