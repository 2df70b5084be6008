/**
 * Two signals within this many milliseconds are one request: a key at the terminal reaches every process of the group,
 * and programs between the terminal and the daemon forward it.
 */
const ONE_REQUEST = 200;

/** How urgently signals have asked the daemon to stop. */
export class StopRequests {
  readonly #now: () => number;
  #count = 0;
  #lastAt = -Infinity;

  /** `now`: milliseconds of a clock that never runs backwards. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Counts a request: the first one stops, the second does not wait, the third kills. */
  more(): "stop" | "hurry" | "kill" | "none" {
    const now = this.#now();
    const again = now - this.#lastAt < ONE_REQUEST;
    this.#lastAt = now;
    if (again) return "none";
    this.#count += 1;
    return this.#count === 1 ? "stop" : this.#count === 2 ? "hurry" : this.#count === 3 ? "kill" : "none";
  }

  /** A request that does not make others more urgent, such as the hang-up of a terminal. */
  once(): "stop" | "none" {
    return this.#count === 0 ? this.more() as "stop" : "none";
  }
}
