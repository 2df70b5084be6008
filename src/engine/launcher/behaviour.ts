/** How services come up and go down: what the lifecycle asks of the types of services. */

import type { ServiceRecord } from "../graph/record.ts";
import type { ProcessReaction } from "../lifecycle/phase_table.ts";
import type { Reactions } from "../lifecycle/reactions.ts";

/** What became of the attempt to interrupt a start: it is over, it ends later, or it cannot be interrupted. */
export type Interruption = "over" | "under-way" | "refused";

/** How services of one type are brought up and down. */
export interface Behaviour {
  /**
   * Dependencies are up: brings the service up. Calls `markStarted`, or enters the phase that leads to it. False: it
   * could not be begun, and the service fails to start.
   */
  bringUp(service: ServiceRecord): boolean;
  /** Dependents are down: brings the service down. Calls `markStopped`, or enters the phase that leads to it. */
  bringDown(service: ServiceRecord): void;
  /** Interrupts a start if that is possible. `under-way`: the state is STOPPING, and `markStopped` follows. */
  interruptStart(service: ServiceRecord): Interruption;
  /** Whether a service that stops by itself is started again, as configured; counts as an automatic restart if so. */
  restarts(service: ServiceRecord): boolean;
  /** A stop was called off before the service was brought down: it is STARTED again. */
  resumed(service: ServiceRecord): void;
  /** The service is STOPPED, for good or before a restart. */
  stopped(service: ServiceRecord, restarts: boolean): void;
  /**
   * What it does about the events of its processes and timers: its part of the reactions in `phase_table.ts`. Any other
   * reaction counts as an event that cannot happen. @default none, the type has no processes
   */
  readonly reactions?: Partial<Reactions<ProcessReaction>>;
}
