/**
 * Divides the time for requests among clients. However many requests there are, the event loop turns every few
 * milliseconds, so that the daemon accepts new clients and handles processes and signals.
 */

/** How long to handle requests before the event loop turns, in milliseconds. */
const ROUND_TIME = 1;

/** Clients take turns, first come, first served. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  /** The rest of this round, in milliseconds. While it is positive, nobody waits. */
  #left = ROUND_TIME;

  /** Does the work, which must not throw, at the caller's turn: at once unless this round is over. */
  take(work: () => void): Promise<void> | undefined {
    if (this.#left > 0) {
      this.#do(work);
      return undefined;
    }
    return new Promise((resolve) => {
      this.#waiting.push(() => {
        this.#do(work);
        resolve();
      });
    });
  }

  #do(work: () => void): void {
    const began = performance.now();
    work();
    this.#left -= performance.now() - began;
    if (this.#left <= 0) setImmediate(() => this.#beginRound());
  }

  #beginRound(): void {
    this.#left = ROUND_TIME;
    while (this.#left > 0 && this.#waiting.length > 0) this.#waiting.shift()!();
  }
}
