import type { Clock, TimerName } from "../engine/mod.ts";
import { WallClock, type WallClockOptions } from "./wall_clock.ts";

/** The longest delay of the runtime's timers: about 24.8 days. A later time is reached in steps. */
const LONGEST_DELAY = 2 ** 31 - 1;

/**
 * A clock that never runs backwards, with one timer per service and purpose. On the native host it counts from the boot
 * of the machine, so that a saved time means the same in a later program.
 */
export class SystemClock implements Clock {
  readonly #expired: (id: number, purpose: TimerName) => void;
  readonly now: () => number;
  readonly #wall: WallClock;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  /**
   * @param expired called with the id of the service and the purpose of an expired timer
   * @param now the time in milliseconds. @default the time since the start of the program
   */
  constructor(
    expired: (id: number, purpose: TimerName) => void,
    now: () => number = () => performance.now(),
    wall: WallClockOptions = {},
  ) {
    this.#expired = expired;
    this.now = now;
    this.#wall = new WallClock(now, wall);
  }

  wallOf(time: number): number {
    return this.#wall.at(time);
  }

  setTimer(id: number, purpose: TimerName, at: number): void {
    this.clearTimer(id, purpose);
    const delay = at - this.now();
    const timer = delay > LONGEST_DELAY
      ? setTimeout(() => this.setTimer(id, purpose, at), LONGEST_DELAY)
      : setTimeout(() => this.#expire(id, purpose), Math.max(0, Math.ceil(delay)));
    this.#timers.set(key(id, purpose), timer);
  }

  clearTimer(id: number, purpose: TimerName): void {
    const name = key(id, purpose);
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  #expire(id: number, purpose: TimerName): void {
    this.#timers.delete(key(id, purpose));
    this.#expired(id, purpose);
  }
}

function key(id: number, purpose: TimerName): string {
  return `${id} ${purpose}`;
}
