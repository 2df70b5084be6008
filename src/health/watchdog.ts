/** The watchdog of one process: it must give signs of life in time. */

/** A timer that is so late says that the daemon stood still: the process gets another chance. In milliseconds. */
const LATE = 2_000;

/** What a watchdog is given. */
export interface WatchdogContext {
  /** Milliseconds of a clock that also counts while the machine is suspended. */
  now(): number;
  /** Reads the messages that wait: a sign of life may be among them. */
  readWaiting(): void;
  /** There was no sign of life for this long, in milliseconds. */
  expired(timeout: number): void;
}

/** Waits for signs of life. */
export class Watchdog {
  readonly #context: WatchdogContext;
  #timeout: number;
  #deadline: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param deadline what an earlier program has waited for. @default the timeout from now */
  constructor(context: WatchdogContext, timeout: number, deadline = context.now() + timeout) {
    this.#context = context;
    this.#timeout = timeout;
    this.#deadline = deadline;
    this.#wait();
  }

  /** The time of the clock until which a sign of life must come. */
  get deadline(): number {
    return this.#deadline;
  }

  /** The longest time between two signs of life, in milliseconds; 0: none are expected. */
  get timeout(): number {
    return this.#timeout;
  }

  /** The process lives. The timer stays as it is, so that a flood of messages costs nothing. */
  alive(): void {
    this.#deadline = this.#context.now() + this.#timeout;
  }

  /** From now on there is another limit; 0 turns the watchdog off. */
  change(timeout: number): void {
    this.#timeout = timeout;
    this.alive();
    this.#wait();
  }

  /** Ends the wait. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timeout = 0;
  }

  #wait(): void {
    clearTimeout(this.#timer);
    if (this.#timeout === 0) return;
    const due = this.#deadline;
    this.#timer = setTimeout(() => this.#look(due), Math.max(0, due - this.#context.now()));
  }

  #look(due: number): void {
    const isLate = this.#context.now() - due > LATE;
    this.#context.readWaiting();
    if (this.#timeout === 0) return; // a message has ended the watch
    if (isLate) this.alive();
    if (this.#context.now() >= this.#deadline) this.#context.expired(this.#timeout);
    else this.#wait();
  }
}
