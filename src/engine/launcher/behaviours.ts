/**
 * How services of each type come up and go down. A new type is a row of `src/model/service_types.ts: SERVICE_TYPES` and
 * an entry here.
 */

import { SERVICE_TYPES, type ServiceType, type ServiceTypeName } from "../../model/mod.ts";
import type { Behaviour, Interruption } from "./behaviour.ts";
import type { Launcher } from "./launcher.ts";
import { PHASE } from "../lifecycle/phase.ts";
import { ProcessService } from "./process_service.ts";
import { wantsRestart } from "./restart_policy.ts";
import { ScheduledService } from "./scheduled_service.ts";
import { ScriptedService } from "./scripted_service.ts";
import type { ServiceRecord } from "../graph/record.ts";

/** Up as soon as its dependencies are (lifecycle specification 8.13). */
class InternalService implements Behaviour {
  protected readonly launcher: Launcher;

  constructor(launcher: Launcher) {
    this.launcher = launcher;
  }

  bringUp(service: ServiceRecord): boolean {
    this.launcher.lifecycle.markStarted(service);
    return true;
  }

  bringDown(service: ServiceRecord): void {
    this.launcher.lifecycle.markStopped(service);
  }

  interruptStart(): Interruption {
    return "over";
  }

  restarts(service: ServiceRecord): boolean {
    return wantsRestart(service);
  }

  resumed(): void {}

  stopped(): void {}
}

/** Up when its dependencies are and its trigger is set (8.13). */
class TriggeredService extends InternalService {
  override bringUp(service: ServiceRecord): boolean {
    if (service.triggered) return super.bringUp(service);
    this.launcher.lifecycle.enter(service, PHASE.awaitingTrigger);
    return true;
  }
}

/** The behaviour of each type. */
export const BEHAVIOURS: Readonly<Record<ServiceTypeName, (launcher: Launcher) => Behaviour>> = {
  process: (launcher) => new ProcessService(launcher),
  bgprocess: (launcher) => new ProcessService(launcher),
  scripted: (launcher) => new ScriptedService(launcher),
  internal: (launcher) => new InternalService(launcher),
  triggered: (launcher) => new TriggeredService(launcher),
  scheduled: (launcher) => new ScheduledService(launcher),
};

/** Makes the behaviours of all types. Placeholders have none: they never start. */
export function behavioursByType(launcher: Launcher): ReadonlyMap<ServiceType, Behaviour> {
  return new Map(SERVICE_TYPES.map(({ name, type }) => [type, BEHAVIOURS[name](launcher)]));
}
