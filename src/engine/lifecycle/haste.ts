/**
 * A stop of everything that somebody is tired of waiting for: in a hurry, or at once. An addition to the reference,
 * where each service has its stop timeout, whatever happens.
 */

import { hasProcess, ServiceState, Signal } from "../../model/mod.ts";
import type { Launcher } from "../launcher/launcher.ts";
import type { ProcessEvents } from "../launcher/process_events.ts";
import { isAlive, type ServiceRecord } from "../graph/record.ts";

/** How long a process has between its stop signal and its end by SIGKILL when there is a hurry, in milliseconds. */
const STOP_LIMIT = 1000;

/**
 * `hurry`: ends what the stop is waiting for. Processes that have been asked to stop are killed, starts that may not be
 * interrupted are, and from now on nothing has more than a second to stop. `kill`: kills the processes of all services,
 * in no order; the daemon has to end then.
 */
export type Haste = "hurry" | "kill";

/** Hastens a stop of everything that is under way. */
export function hasten(
  haste: Haste,
  services: Iterable<ServiceRecord>,
  { launcher, events }: { readonly launcher: Launcher; readonly events: ProcessEvents },
): void {
  launcher.stopLimit = STOP_LIMIT;
  // In a list of its own: what is done to one service may change what there is.
  const alive = [...services].filter((service) =>
    hasProcess(service.type) && (isAlive(service.process.main) || isAlive(service.process.stop))
  );
  for (const service of alive) {
    if (haste === "kill") kill(service, launcher);
    else if (service.state === ServiceState.STARTING) events.cutShort(service, "start-timed-out");
    else if (service.state === ServiceState.STOPPING && service.phase.kind !== "waiting-for-dependents") {
      events.cutShort(service, "stop-timed-out");
    }
  }
}

function kill(service: ServiceRecord, launcher: Launcher): void {
  launcher.signalGroup(service, Signal.KILL);
  if (service.process.stop.pid !== undefined) launcher.host.signal(service.id, "stop", Signal.KILL, true);
}
