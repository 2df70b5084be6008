/**
 * Two signals within so many milliseconds are one request: a key at the terminal reaches every process of the group,
 * and programs between the terminal and the daemon pass it on once more.
 */
const ONE_REQUEST = 200;

/** How urgently the daemon is asked to stop by signals. */
export class StopRequests {
  readonly #now: () => number;
  #count = 0;
  #lastAt = -Infinity;

  /** `now`: milliseconds of a clock that never runs backwards. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** One more request: the first is to stop, the second not to wait, the third to kill. */
  more(): "stop" | "hurry" | "kill" | "none" {
    const now = this.#now();
    const again = now - this.#lastAt < ONE_REQUEST;
    this.#lastAt = now;
    if (again) return "none";
    this.#count += 1;
    return this.#count === 1 ? "stop" : this.#count === 2 ? "hurry" : this.#count === 3 ? "kill" : "none";
  }

  /** A request that does not make another one more urgent, such as that of a terminal that is closed. */
  once(): "stop" | "none" {
    return this.#count === 0 ? this.more() as "stop" : "none";
  }
}
