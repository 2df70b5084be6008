/** Within this time, in milliseconds, a line is passed on once. */
const WINDOW = 60_000;
/** How many different lines are remembered at most. */
const MOST = 100;

/**
 * Passes lines on, but repeats a line at most once a minute, with a count. So a failure in a loop does not fill a log.
 * Its timers do not keep the program alive.
 */
export class RepeatedLines {
  readonly #pass: (line: string) => void;
  readonly #window: number;
  /** How often a line came since it was passed on. */
  readonly #repeats = new Map<string, number>();

  /** @param options.window in milliseconds. @default 60 000 */
  constructor(pass: (line: string) => void, options: { readonly window?: number } = {}) {
    this.#pass = pass;
    this.#window = options.window ?? WINDOW;
  }

  /** Adds a line that has occurred `times` times. */
  add(line: string, times = 1): void {
    const repeats = this.#repeats.get(line);
    if (repeats !== undefined) {
      this.#repeats.set(line, repeats + times);
    } else {
      this.#pass(withCount(line, times));
      if (this.#repeats.size < MOST) this.#remember(line);
    }
  }

  #remember(line: string): void {
    this.#repeats.set(line, 0);
    Deno.unrefTimer(setTimeout(() => this.#tell(line), this.#window));
  }

  #tell(line: string): void {
    const repeats = this.#repeats.get(line);
    this.#repeats.delete(line);
    if (repeats === undefined || repeats === 0) return;
    this.#pass(`${line} (${repeats} more ${repeats === 1 ? "time" : "times"})`);
    this.#remember(line);
  }
}

function withCount(line: string, times: number): string {
  return times === 1 ? line : `${line} (${times} times)`;
}
