/**
 * `--exit-with`: the end of one service is the end of the daemon, which passes its status on. This is what those who
 * run containers expect; the reference has nothing like it.
 */

import { ServiceState, ShutdownType, StopReason, type WaitStatus } from "../model/mod.ts";
import type { ServiceListener, ServiceManager, ServiceRecord } from "../engine/mod.ts";

const FAILURE = 1;
/** What shells add to the number of a signal. */
const BY_SIGNAL = 128;
/** Reasons of a service that never came up. */
const FAILED_STARTS: readonly StopReason[] = [
  StopReason.DEPFAILED,
  StopReason.FAILED,
  StopReason.EXECFAILED,
  StopReason.TIMEDOUT,
];

/** Follows one service. */
export class ExitWith implements ServiceListener {
  readonly #manager: ServiceManager;
  readonly #service: ServiceRecord;
  #status: number | undefined;

  constructor(manager: ServiceManager, service: ServiceRecord) {
    this.#manager = manager;
    this.#service = service;
    manager.addListener(service, this);
  }

  /** The status for the daemon to end with: 0 unless the service has ended before a shutdown was ordered. */
  get status(): number {
    return this.#status ?? 0;
  }

  serviceEvent(): void {
    if (this.#status !== undefined || this.#manager.shuttingDown) return;
    const { state, target } = this.#service;
    if (state !== ServiceState.STOPPED || target !== ServiceState.STOPPED) return;
    const { reason, exit } = this.#manager.status(this.#service);
    this.#status = exitStatus(exit, FAILED_STARTS.includes(reason));
    // The engine may not be called from within its own call.
    queueMicrotask(() => this.#manager.shutdown(ShutdownType.HALT));
  }
}

/** The status of a process in one number, as shells have it; a failed start is never a success. */
export function exitStatus({ code, status }: WaitStatus, failed: boolean): number {
  if (code === 2 || code === 3) return BY_SIGNAL + status;
  return failed && status === 0 ? FAILURE : status;
}
