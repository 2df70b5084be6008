/** Messages during a shutdown: a limited amount waits until the console accepts it (daemon and init 7.3). */

/** The destination of the text. */
export interface OutputSink {
  write(bytes: Uint8Array): Promise<number>;
}

/** How much to keep, in bytes. */
const LIMIT = 4096;
const LOST = new TextEncoder().encode("[Some output has not been shown due to buffer overflow]\n");
const LINE_FEED = 10;

/**
 * Writes whole lines in order and never blocks. If there is no room for lines, one line in their place says that they
 * are missing.
 */
export class ShutdownOutput {
  readonly #sink: OutputSink;
  #waiting: Uint8Array[] = [];
  /** The bytes that wait or are being written. */
  #size = 0;
  /** Lines were dropped after the waiting ones. */
  #lost = false;
  /** The beginning of an incomplete line. */
  #begun: number[] = [];
  #writing: Promise<void> | undefined;

  constructor(sink: OutputSink) {
    this.#sink = sink;
  }

  /** Writes a line; the line feed is added. */
  say(line: string): void {
    this.endLine();
    this.add(new TextEncoder().encode(`${line}\n`));
  }

  /** Writes the output of a program. Each line is written when it is complete. */
  add(bytes: Uint8Array): void {
    for (const byte of bytes) {
      // A line that is too long is not kept: one byte more than the limit is enough to know that.
      if (byte === LINE_FEED || this.#begun.length <= LIMIT) this.#begun.push(byte);
      if (byte === LINE_FEED) this.#addLine(Uint8Array.from(this.#begun.splice(0)));
    }
  }

  /** Completes an unfinished line, because nothing more will come. */
  endLine(): void {
    if (this.#begun.length > 0) this.add(Uint8Array.of(LINE_FEED));
  }

  /** Waits until everything is written, at most `limit` milliseconds. */
  async flush(limit: number): Promise<void> {
    if (this.#writing === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([this.#writing, new Promise<void>((resolve) => timer = setTimeout(resolve, limit))]);
    clearTimeout(timer);
  }

  #addLine(line: Uint8Array): void {
    // There is always room for the line that says that lines are missing.
    const needed = line.length + LOST.length * (this.#lost ? 2 : 1);
    if (this.#size + needed > LIMIT) {
      this.#lost = true;
      this.#writing ??= this.#write();
      return;
    }
    if (this.#lost) this.#keep(LOST);
    this.#lost = false;
    this.#keep(line);
  }

  #keep(line: Uint8Array): void {
    this.#waiting.push(line);
    this.#size += line.length;
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    try {
      for (let line = this.#next(); line !== undefined; line = this.#next()) {
        for (let rest = line; rest.length > 0;) rest = rest.subarray(await this.#sink.write(rest));
        this.#size -= line.length;
      }
      this.#writing = undefined;
    } catch {
      // The reader is gone. `#writing` stays set, so nothing more is written, and the shutdown continues silently.
      this.#waiting = [];
    }
  }

  #next(): Uint8Array | undefined {
    const line = this.#waiting.shift();
    if (line !== undefined || !this.#lost) return line;
    this.#lost = false;
    this.#size += LOST.length;
    return LOST;
  }
}
