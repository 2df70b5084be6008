/** When the daemon no longer waits for services. */

import type { ServiceManager } from "../engine/mod.ts";
import { ShutdownType } from "../model/mod.ts";

/** Waits until no service is active, unless the daemon must remain. */
export class Activity {
  readonly #manager: () => ServiceManager;
  readonly #isBusy: () => boolean;
  #ended: (() => void) | undefined;
  #killed = false;

  /**
   * @param manager a function, because services may change before the manager is complete
   * @param isBusy whether a service is about to be started
   */
  constructor(manager: () => ServiceManager, isBusy: () => boolean) {
    this.#manager = manager;
    this.#isBusy = isBusy;
  }

  /** Somebody has asked the daemon to exit without waiting for services. */
  get killed(): boolean {
    return this.#killed;
  }

  /** The daemon must exit, whatever is active. */
  kill(): void {
    this.#killed = true;
    this.#ended?.();
  }

  /** No service is active. Resolves `over`, unless the daemon must remain. */
  inactive(): void {
    if (this.#manager().shutdownType !== ShutdownType.REMAIN && !this.#isBusy()) this.#ended?.();
  }

  /** Resolves at the next call of `kill`, and when no service is active. */
  async over(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#ended = resolve);
    if (this.#killed) return;
    if (this.#manager().activeCount === 0) this.inactive();
    await ended;
    this.#ended = undefined;
  }
}
