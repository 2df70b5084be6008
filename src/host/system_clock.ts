import type { Clock } from "../engine/mod.ts";

/** The longest delay that the runtime's timers take: about 24.8 days. A later moment is reached in steps. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** The monotonic clock of the system, with one timer for each service. */
export class SystemClock implements Clock {
  readonly #expired: (id: number) => void;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();

  /** `expired` is called with the id of a service whose timer has run out. */
  constructor(expired: (id: number) => void) {
    this.#expired = expired;
  }

  now(): number {
    return performance.now();
  }

  setTimer(id: number, at: number): void {
    this.clearTimer(id);
    const delay = at - this.now();
    const timer = delay > LONGEST_DELAY
      ? setTimeout(() => this.setTimer(id, at), LONGEST_DELAY)
      : setTimeout(() => this.#expire(id), Math.max(0, Math.ceil(delay)));
    this.#timers.set(id, timer);
  }

  clearTimer(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  #expire(id: number): void {
    this.#timers.delete(id);
    this.#expired(id);
  }
}
