/** How services start and stop: what the lifecycle asks of the service types. */

import type { ServiceRecord } from "../graph/record.ts";
import type { ProcessReaction } from "../lifecycle/phase_table.ts";
import type { Reactions } from "../lifecycle/reactions.ts";

/** The result of interrupting a start: it is over, it ends later, or it cannot be interrupted. */
export type Interruption = "over" | "under-way" | "refused";

/** How to bring services of one type up and down. */
export interface Behaviour {
  /**
   * The dependencies are up: brings the service up. Calls `markStarted`, or enters the phase that leads to it. False:
   * the bring-up could not begin, and the service fails to start.
   */
  bringUp(service: ServiceRecord): boolean;
  /** The dependents are down: brings the service down. Calls `markStopped`, or enters the phase that leads to it. */
  bringDown(service: ServiceRecord): void;
  /** Interrupts a start if possible. `under-way`: the state is STOPPING, and `markStopped` follows. */
  interruptStart(service: ServiceRecord): Interruption;
  /**
   * Whether a service whose process has ended restarts, according to its settings; if so, counts an automatic restart.
   */
  restarts(service: ServiceRecord): boolean;
  /** A stop was cancelled before the bring-down: the service is STARTED again. */
  resumed(service: ServiceRecord): void;
  /** The service is STOPPED, for good or before a restart. */
  stopped(service: ServiceRecord, restarts: boolean): void;
  /**
   * What it does about the events of its processes and timers: its part of the reactions in `phase_table.ts`. Any other
   * reaction counts as an event that cannot happen. @default none, the type has no processes
   */
  readonly reactions?: Partial<Reactions<ProcessReaction>>;
}
