/**
 * Whose turn it is to have requests handled. However many clients ask for however much, the event loop goes round
 * every few milliseconds: new clients are accepted, and processes and signals are looked after.
 */

/** How long requests are handled before the event loop goes round, in milliseconds. */
const ROUND_TIME = 1;

/** Clients take turns, first come, first served. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  /** What is left of this round, in milliseconds. While there is something left, nobody waits. */
  #left = ROUND_TIME;

  /** Does the work, which must not throw, when it is the caller's turn: at once unless this round is over. */
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
