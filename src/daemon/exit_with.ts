/**
 * `--exit-with`: when one service ends, the daemon exits and passes the status on. Users of containers expect this; the
 * reference has nothing like it.
 */

import { ServiceState, ShutdownType, StopReason, type WaitStatus } from "../model/mod.ts";
import type { ServiceListener, ServiceManager, ServiceRecord } from "../engine/mod.ts";

const FAILURE = 1;
/** What shells add to the number of a signal. */
const BY_SIGNAL = 128;
/** Stop reasons of a service that never came up. */
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
  readonly #note: (status: number) => void;
  #status: number | undefined;

  /** @param note keeps the exit status, also for a program that replaces this one */
  constructor(manager: ServiceManager, service: ServiceRecord, note: (status: number) => void = () => {}) {
    this.#manager = manager;
    this.#service = service;
    this.#note = note;
    manager.addListener(service, this);
  }

  /** The exit status of the daemon: 0 unless the service ended before a shutdown was requested. */
  get status(): number {
    return this.#status ?? 0;
  }

  serviceEvent(): void {
    if (this.#status !== undefined || this.#manager.shuttingDown) return;
    const { state, target } = this.#service;
    if (state !== ServiceState.STOPPED || target !== ServiceState.STOPPED) return;
    const { reason, exit } = this.#manager.status(this.#service);
    this.#status = exitStatus(exit, FAILED_STARTS.includes(reason));
    this.#note(this.#status);
    // A listener must not call the engine.
    queueMicrotask(() => this.#manager.shutdown(ShutdownType.HALT));
  }
}

/** The status of a process as one number, as in shells; a failed start is never a success. */
export function exitStatus({ code, status }: WaitStatus, failed: boolean): number {
  if (code === -1) return FAILURE; // nobody knows
  if (code === 2 || code === 3) return BY_SIGNAL + status;
  return failed && status === 0 ? FAILURE : status;
}
