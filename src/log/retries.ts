/** The time between attempts, in milliseconds: it doubles with each failure, up to the limit. */
const FIRST_DELAY = 100;
const LONGEST_DELAY = 10_000;

/** Repeats an attempt until it succeeds, with growing pauses. Its timer does not keep the program alive. */
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

  /** Whether it has not succeeded yet. */
  get active(): boolean {
    return this.#active;
  }

  /** The first attempt has failed: begins to retry. */
  begin(): void {
    if (this.#active) return;
    this.#active = true;
    this.#delay = FIRST_DELAY;
    this.#triedAt = performance.now();
    this.#wait(FIRST_DELAY);
  }

  /** There is a new reason to retry, which waits no longer than the first pause. */
  hurry(): void {
    this.#hurried = true;
    if (this.#active && this.#running === undefined) this.#wait(FIRST_DELAY);
  }

  /** Tries at once if it has not succeeded yet, and waits for the result. */
  now(): Promise<void> {
    if (!this.#active) return Promise.resolve();
    clearTimeout(this.#timer);
    return this.#running ??= this.#try().finally(() => this.#running = undefined);
  }

  /** It has succeeded by other means. */
  end(): void {
    if (!this.#active) return; // and load nothing: the runtime's timers take milliseconds to load
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

  /** Tries again this many milliseconds after the last attempt. */
  #wait(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.now(), Math.max(0, this.#triedAt + delay - performance.now()));
    Deno.unrefTimer(this.#timer);
  }
}
