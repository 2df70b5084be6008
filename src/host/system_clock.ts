import type { Clock, TimerName } from "../engine/mod.ts";
import { type AlarmMaker, runtimeAlarm } from "./alarm.ts";
import { Deadlines } from "./deadlines.ts";
import { WallClock, type WallClockOptions } from "./wall_clock.ts";

/**
 * A clock that never runs backwards, with one timer per service and purpose. On the native host it counts from the boot
 * of the machine, so that a saved time means the same in a later program.
 */
export class SystemClock implements Clock {
  readonly #expired: (id: number, purpose: TimerName) => void;
  readonly now: () => number;
  readonly #wall: WallClock;
  readonly #deadlines = new Deadlines<{ readonly id: number; readonly purpose: TimerName }>();
  readonly #alarm: ReturnType<AlarmMaker>;
  /** When the alarm rings next. */
  #rings = Infinity;

  /**
   * @param expired called with the id of the service and the purpose of an expired timer
   * @param now the time in milliseconds. @default the time since the start of the program
   * @param alarm makes what wakes this clock. @default the runtime's timers
   * @param wall how the time of day begins. @default it is measured
   */
  constructor(
    expired: (id: number, purpose: TimerName) => void,
    now: () => number = () => performance.now(),
    alarm: AlarmMaker = runtimeAlarm(now),
    wall: WallClockOptions = {},
  ) {
    this.#expired = expired;
    this.now = now;
    this.#wall = new WallClock(now, wall);
    this.#alarm = alarm(() => this.#ring());
  }

  wallOf(time: number): number {
    return this.#wall.at(time);
  }

  setTimer(id: number, purpose: TimerName, at: number): void {
    this.#deadlines.set(key(id, purpose), at, { id, purpose });
    if (at < this.#rings) this.#wake(at);
  }

  clearTimer(id: number, purpose: TimerName): void {
    this.#deadlines.delete(key(id, purpose)); // the alarm rings once in vain, which costs less than setting it
  }

  #wake(at: number): void {
    this.#rings = at;
    this.#alarm.set(at);
  }

  #ring(): void {
    this.#rings = Infinity;
    const now = this.now();
    try {
      for (let timer = this.#deadlines.due(now); timer !== undefined; timer = this.#deadlines.due(now)) {
        this.#expired(timer.id, timer.purpose);
      }
    } finally {
      const { next } = this.#deadlines;
      if (next !== undefined && next < this.#rings) this.#wake(next);
    }
  }
}

function key(id: number, purpose: TimerName): string {
  return `${id} ${purpose}`;
}
