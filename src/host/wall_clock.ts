/** How far a measurement of two clocks may be wrong, in milliseconds: the time of day has no fractions. */
const TOLERANCE = 2;

/** How a wall clock begins. */
export interface WallClockOptions {
  /** The difference that an earlier program has measured. @default measured at the first use */
  readonly offset?: number;
  /** Called with each difference that is measured, in whole milliseconds. @default nothing is called */
  readonly measured?: (offset: number) => void;
  /** The time of day, in milliseconds since 1970. @default that of the system */
  readonly day?: () => number;
}

/**
 * The time of day at a time of a steady clock. The difference of the two clocks is measured once, and again only when
 * somebody has set the time of day. So the same moment always has the same time of day, also in a later program.
 */
export class WallClock {
  readonly #steady: () => number;
  readonly #day: () => number;
  readonly #measured: (offset: number) => void;
  #offset: number | undefined;

  /** `steady`: milliseconds since a fixed moment. */
  constructor(steady: () => number, { offset, measured = () => {}, day = Date.now }: WallClockOptions = {}) {
    this.#steady = steady;
    this.#offset = offset;
    this.#measured = measured;
    this.#day = day;
  }

  /** The time of day at this time of the steady clock, in milliseconds since 1970. */
  at(time: number): number {
    const before = this.#steady();
    const day = this.#day();
    const after = this.#steady(); // much later, if the program was interrupted
    const known = this.#offset;
    if (known !== undefined && known > day - after - TOLERANCE && known < day - before + TOLERANCE) {
      return known + time;
    }
    const offset = this.#offset = Math.round(day - before);
    this.#measured(offset);
    return offset + time;
  }
}
