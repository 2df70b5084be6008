/** The behaviour of `internal` and `triggered` services, which have no process (lifecycle specification 8.13). */

import type { Behaviour, Interruption } from "./behaviour.ts";
import type { Lifecycle } from "../lifecycle/lifecycle.ts";
import { PHASE } from "../lifecycle/phase.ts";
import { wantsRestart } from "./restart_policy.ts";
import type { ServiceRecord } from "../graph/record.ts";

/** Up as soon as its dependencies are. */
export class InternalService implements Behaviour {
  protected readonly lifecycle: Lifecycle;

  constructor(lifecycle: Lifecycle) {
    this.lifecycle = lifecycle;
  }

  bringUp(service: ServiceRecord): boolean {
    this.lifecycle.markStarted(service);
    return true;
  }

  bringDown(service: ServiceRecord): void {
    this.lifecycle.markStopped(service);
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

/** Up when its dependencies are and its trigger is set. */
export class TriggeredService extends InternalService {
  override bringUp(service: ServiceRecord): boolean {
    if (!service.triggered) this.lifecycle.enter(service, PHASE.awaitingTrigger);
    else super.bringUp(service);
    return true;
  }
}
