/**
 * A trouble that comes back in every turn of a loop: it is said once, counted, and said to be over when it has not come
 * for a while, so that it does not fill a log.
 */
export class RecurringTrouble {
  readonly #over: (times: number) => void;
  readonly #calm: number;
  #text: string | undefined;
  #times = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `over` is told how often it has happened. `calm`: how long it must not have happened, in milliseconds. */
  constructor(over: (times: number) => void, calm: number) {
    this.#over = over;
    this.#calm = calm;
  }

  /** It has happened. Returns whether that is news: the first time, or another text than the last time. */
  happened(text: string): boolean {
    this.end();
    const isNews = text !== this.#text;
    this.#text = text;
    this.#times += 1;
    return isNews;
  }

  /** It is over unless it happens within a while from now. */
  absent(): void {
    if (this.#times > 0) this.#timer ??= setTimeout(() => this.#tell(), this.#calm);
  }

  /** Nobody wants to know any more whether it is over. */
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
