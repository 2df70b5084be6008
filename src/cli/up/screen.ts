/**
 * The end of a terminal's output: lines go by, and below them stays a block that is drawn again. There is no other
 * screen, so that everything can be selected and scrolled back.
 */

/** How long lines wait for others, so that many lines are one write, in milliseconds. */
const PAUSE = 16;
/** More characters than this do not wait. */
const MOST_WAITING = 1 << 16;

/** Writes lines, and keeps a block below them. */
export class Screen {
  readonly #write: (text: string) => void | false;
  readonly #movesCursor: boolean;
  #block: readonly string[] = [];
  /** How many lines of the block are on the terminal. */
  #shown = 0;
  #waiting = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #gone = false;

  /** @param movesCursor whether the output is a terminal that can. Otherwise there is no block. */
  constructor(write: (text: string) => void | false, movesCursor: boolean) {
    this.#write = write;
    this.#movesCursor = movesCursor;
  }

  /** Adds whole lines above the block. False if nobody reads the output. */
  add(text: string): boolean {
    if (!this.#movesCursor) return this.#put(text);
    this.#waiting += text;
    if (this.#waiting.length > MOST_WAITING) this.flush();
    else this.#later();
    return !this.#gone;
  }

  /** Replaces the block. */
  set block(lines: readonly string[]) {
    if (!this.#movesCursor || lines.join("\n") === this.#block.join("\n")) return;
    this.#block = lines;
    this.#later();
  }

  /** Writes what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#movesCursor) return;
    const up = this.#shown > 1 ? `\x1b[${this.#shown - 1}A` : "";
    const erase = this.#shown > 0 ? `\r${up}\x1b[J` : "";
    this.#put(`${erase}${this.#waiting}${this.#block.join("\n")}`);
    this.#shown = this.#block.length;
    this.#waiting = "";
  }

  /** Leaves the block where it is, and the cursor below it. */
  end(): void {
    this.flush();
    if (this.#shown > 0) this.#put("\n");
    this.#shown = 0;
    this.#block = [];
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.flush(), PAUSE);
  }

  #put(text: string): boolean {
    if (this.#write(text) === false) this.#gone = true;
    return !this.#gone;
  }
}
