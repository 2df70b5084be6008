/**
 * A failure that repeats in a loop. It is reported once and counted, and reported as over after a quiet time, so that
 * it does not fill a log.
 */
export class RecurringTrouble {
  readonly #over: (times: number) => void;
  readonly #calm: number;
  #text: string | undefined;
  #times = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `over` receives the count. `calm`: the quiet time, in milliseconds. */
  constructor(over: (times: number) => void, calm: number) {
    this.#over = over;
    this.#calm = calm;
  }

  /** It has happened. Returns whether that is news: the first time, or a text that differs from the last one. */
  happened(text: string): boolean {
    this.end();
    const isNews = text !== this.#text;
    this.#text = text;
    this.#times += 1;
    return isNews;
  }

  /** It is over unless it happens again within the quiet time. */
  absent(): void {
    if (this.#times > 0) this.#timer ??= setTimeout(() => this.#tell(), this.#calm);
  }

  /** Stops the wait for the quiet time. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #tell(): void {
    const times = this.#times;
    this.#timer = undefined;
    this.#text = undefined;
    this.#times = 0;
    this.#over(times);
  }
}
