/** How services come up and go down: what the lifecycle asks of the types of services. */

import type { ServiceRecord } from "../graph/record.ts";

/** How services of one type are brought up and down. */
export interface Behaviour {
  /**
   * Dependencies are up: brings the service up. Calls `markStarted` now or later. False: it could not be begun,
   * and the service fails to start.
   */
  bringUp(service: ServiceRecord): boolean;
  /** Dependents are down: brings the service down. Calls `markStopped` now or later; may be called again meanwhile. */
  bringDown(service: ServiceRecord): void;
  /** Whether a start that has begun can be interrupted. */
  canInterruptStart(service: ServiceRecord): boolean;
  /**
   * Interrupts the start. True: it is over, the service can be brought down. False: the state is STOPPING, and
   * `markStopped` follows.
   */
  interruptStart(service: ServiceRecord): boolean;
  /** Whether the service is to be started again when it stops by itself, as configured. */
  wantsRestart(service: ServiceRecord): boolean;
  /** Whether the restart limiter allows one more automatic restart; sets the target to STOPPED if it does not. */
  restartAllowed(service: ServiceRecord): boolean;
  /** A stop was called off before the service was brought down: it is STARTED again. */
  resumed(service: ServiceRecord): void;
  /** The service is STOPPED, for good or before a restart. */
  stopped(service: ServiceRecord, restarts: boolean): void;
}
