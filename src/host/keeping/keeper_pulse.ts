/** How often to look for a sign of life while there is output, in milliseconds. */
const PAUSE = 1000;
/** After how many pauses without one the keeper is silent. */
const LIMIT = 5;
/** From how many on people are told that it does not answer: a busy machine may need a pause. */
const SUSPICIOUS = 2;

/** What a pulse is given. */
export interface KeeperPulseContext {
  /** Asks the keeper for a sign of life. */
  ask(): void;
  /** The keeper has given none for five pauses. */
  silent(): void;
  /** How often to look, in milliseconds. @default 1000 */
  readonly pause?: number;
}

/**
 * Notices a keeper that is stopped, or hangs. It asks only while there is output, or a question: an idle keeper is left
 * alone. It counts its own pauses, so a daemon that was stopped itself does not blame the keeper.
 */
export class KeeperPulse {
  readonly #context: KeeperPulseContext;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #missed = 0;

  constructor(context: KeeperPulseContext) {
    this.#context = context;
  }

  /** Whether the keeper has not answered for some time. */
  get isSuspicious(): boolean {
    return this.#missed > SUSPICIOUS;
  }

  /** The keeper has something to do. */
  expect(): void {
    const { ask, silent, pause = PAUSE } = this.#context;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#missed++;
      if (this.#missed === 1) ask();
      if (this.#missed < LIMIT) this.expect();
      else {
        this.rest();
        silent();
      }
    }, pause);
  }

  /** It has given a sign of life, or has ended. */
  rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#missed = 0;
  }
}
