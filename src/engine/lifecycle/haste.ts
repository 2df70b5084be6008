/**
 * Speeds up a stop of everything: in a hurry, or at once. An addition to the reference, in which each service always
 * has its full stop timeout.
 */

import { hasProcess, ServiceState, Signal } from "../../model/mod.ts";
import type { Launcher } from "../launcher/launcher.ts";
import { killRemains, type ProcessEvents } from "../launcher/process_events.ts";
import { endsRemains, isAlive, type ServiceRecord, takesSignals } from "../graph/record.ts";

/** In a hurry, how long a process has between its stop signal and SIGKILL, in milliseconds. */
const STOP_LIMIT = 1000;

/**
 * `hurry`: ends everything that the stop waits for. It kills processes that were asked to stop, and interrupts all
 * starts; from now on every stop has one second. `kill`: kills the processes of all services, in no order; then the
 * daemon must exit.
 */
export type Haste = "hurry" | "kill";

/** Speeds up the current stop of everything. */
export function hasten(
  haste: Haste,
  services: Iterable<ServiceRecord>,
  { launcher, events }: { readonly launcher: Launcher; readonly events: ProcessEvents },
): void {
  launcher.stopLimit = STOP_LIMIT;
  // A copy of the list, because handling one service may change the graph.
  const alive = [...services].filter((service) => hasProcess(service.type) && isBusy(service));
  for (const service of alive) {
    if (haste === "kill") kill(service, launcher);
    else if (service.state === ServiceState.STARTING) events.cutShort(service, "start-timed-out");
    else if (service.state === ServiceState.STOPPING && service.phase.kind !== "waiting-for-dependents") {
      events.cutShort(service, "stop-timed-out");
    }
  }
}

function isBusy({ process }: ServiceRecord): boolean {
  return isAlive(process.main) || isAlive(process.stop) || endsRemains(process);
}

function kill(service: ServiceRecord, launcher: Launcher): void {
  launcher.signalGroup(service, Signal.KILL);
  if (takesSignals(service.process.stop)) launcher.host.signal(service.id, "stop", Signal.KILL, true);
  killRemains(launcher, service);
}
