/** Waits until nothing has changed for a while: many changes become one. */

/** The longest wait is this many times as long as the pause, and at least `LEAST_WAIT`. */
const LONGEST = 20;
/** In milliseconds. */
const LEAST_WAIT = 5000;

/** Collects changes, and passes them on together. */
export class QuietTime {
  readonly #pause: number;
  readonly #over: (paths: ReadonlySet<string>) => void;
  readonly #now: () => number;
  #paths = new Set<string>();
  #first = 0;
  #last = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param pause How long nothing may change, in milliseconds.
   * @param over Receives the files that have changed since the last call, in order. @param now The time in milliseconds.
   */
  constructor(pause: number, over: (paths: ReadonlySet<string>) => void, now = () => performance.now()) {
    this.#pause = pause;
    this.#over = over;
    this.#now = now;
  }

  /** A file has changed. */
  add(path: string): void {
    const now = this.#now();
    if (this.#paths.size === 0) this.#first = now;
    this.#last = now;
    if (this.#paths.size < 1000) this.#paths.add(path); // nobody reads more
    this.#timer ??= setTimeout(() => this.#look(), this.#pause);
  }

  /** Forgets what has changed. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#paths = new Set();
  }

  #look(): void {
    const now = this.#now();
    const due = Math.min(this.#last + this.#pause, this.#first + Math.max(LEAST_WAIT, LONGEST * this.#pause));
    if (now < due) {
      this.#timer = setTimeout(() => this.#look(), due - now);
      return;
    }
    const paths = this.#paths;
    this.cancel();
    this.#over(paths);
  }
}
