/** The output of a machine on its serial line, with times. */

/** A line of the console. */
export interface ConsoleLine {
  /** When its first character arrived, in milliseconds since the machine was switched on. */
  readonly time: number;
  readonly text: string;
}

/** Control sequences of terminals: colours, and those of line editors. Carriage returns are included. */
// deno-lint-ignore no-control-regex
const CONTROL = /\r|\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[()][0-9A-Za-z]|[=>78cDEHMNOZ])/g;

/** The beginning of a control sequence at the end of the text. */
// deno-lint-ignore no-control-regex
const UNFINISHED = /\x1b(?:\[[0-9;?]*[ -/]*|[()])?$/;

/** Collects the output of a machine, and finds text in the unread part. */
export class SerialConsole {
  /** Without control sequences. */
  #text = "";
  /** The end of the last output, if it is the beginning of a control sequence. */
  #unfinished = "";
  /** How much of the text was read. */
  #seen = 0;
  #ended = false;
  #wake: () => void = () => {};
  readonly #decoder = new TextDecoder();
  readonly #arrivals: { readonly offset: number; readonly time: number }[] = [];

  /** Adds output. @param time milliseconds since the machine was switched on */
  push(bytes: Uint8Array, time: number): void {
    const raw = this.#unfinished + this.#decoder.decode(bytes, { stream: true });
    this.#unfinished = UNFINISHED.exec(raw)?.[0] ?? "";
    this.#arrivals.push({ offset: this.#text.length, time });
    this.#text += raw.slice(0, raw.length - this.#unfinished.length).replace(CONTROL, "");
    this.#wake();
  }

  /** The output has ended. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Everything so far, without control sequences. */
  get text(): string {
    return this.#text;
  }

  /** All lines so far. */
  get lines(): ConsoleLine[] {
    const lines: ConsoleLine[] = [];
    let offset = 0;
    let arrival = 0;
    for (const text of this.#text.split("\n")) {
      while (arrival + 1 < this.#arrivals.length && this.#arrivals[arrival + 1].offset <= offset) arrival++;
      lines.push({ time: this.#arrivals[arrival]?.time ?? 0, text });
      offset += text.length + 1;
    }
    return lines;
  }

  /**
   * Waits until a text appears in the unread part, and returns the text before it. All of this then counts as read.
   * @param seconds the longest time to wait
   * @throws {Error} with the end of the output, if the time is over or the machine is off
   */
  async see(wanted: string, seconds: number): Promise<string> {
    const end = performance.now() + seconds * 1000;
    while (true) {
      const found = this.#text.indexOf(wanted, this.#seen);
      if (found >= 0) {
        const before = this.#text.slice(this.#seen, found);
        this.#seen = found + wanted.length;
        return before;
      }
      const left = end - performance.now();
      if (this.#ended || left <= 0) {
        const why = this.#ended ? "the machine is off" : `waited for ${seconds} s`;
        throw new Error(
          `"${wanted}" is not on the console (${why}), which ends:\n${this.#text.slice(-3000)}`,
        );
      }
      await this.#more(left);
    }
  }

  async #more(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, milliseconds);
    await promise;
    clearTimeout(timer);
  }
}
