/** How long to wait after a failure, in milliseconds: at first, and then twice as long each time up to the limit. */
const FIRST_DELAY = 100;
const LONGEST_DELAY = 10_000;

/**
 * Tries something again and again until it succeeds, less and less often. Its timer does not keep the program alive.
 */
export class Retries {
  readonly #attempt: () => Promise<boolean>;
  #active = false;
  #hurried = false;
  #delay = FIRST_DELAY;
  #triedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;

  /** `attempt` returns whether it has succeeded. It must not throw. */
  constructor(attempt: () => Promise<boolean>) {
    this.#attempt = attempt;
  }

  /** Whether it is still to succeed. */
  get active(): boolean {
    return this.#active;
  }

  /** It has failed just now: begins to try. */
  begin(): void {
    if (this.#active) return;
    this.#active = true;
    this.#delay = FIRST_DELAY;
    this.#triedAt = performance.now();
    this.#wait(FIRST_DELAY);
  }

  /** There is a new reason to try, which does not wait for longer than at first. */
  hurry(): void {
    this.#hurried = true;
    if (this.#active && this.#running === undefined) this.#wait(FIRST_DELAY);
  }

  /** Tries at once if it is still to succeed, and waits for the outcome. */
  now(): Promise<void> {
    if (!this.#active) return Promise.resolve();
    clearTimeout(this.#timer);
    return this.#running ??= this.#try().finally(() => this.#running = undefined);
  }

  /** It has succeeded, in whatever way. */
  end(): void {
    this.#active = false;
    clearTimeout(this.#timer);
  }

  async #try(): Promise<void> {
    this.#triedAt = performance.now();
    this.#hurried = false;
    if (await this.#attempt()) this.end();
    if (!this.#active) return;
    this.#delay = Math.min(2 * this.#delay, LONGEST_DELAY);
    this.#wait(this.#hurried ? FIRST_DELAY : this.#delay);
  }

  /** Tries so many milliseconds after the last time. */
  #wait(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.now(), Math.max(0, this.#triedAt + delay - performance.now()));
    Deno.unrefTimer(this.#timer);
  }
}
