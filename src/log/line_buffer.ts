/** The bytes of one stream that wait to be written (daemon and init 5.5). */
const BUFFER_SIZE = 4096;

const LOST = new TextEncoder().encode("dinit: *** log message discarded due to full buffer ***\n");
const LINE_FEED = 10;

/**
 * Lines that wait for a stream, at most 4096 bytes. A message that does not fit is dropped as a whole. One note in
 * front of the kept lines says that something is missing.
 */
export class LineBuffer {
  readonly #lines: Uint8Array[] = [];
  #length = 0;
  #lost = false;
  /** How many messages did not fit since the owner of the buffer reset this to 0. */
  discarded = 0;

  /** Whether there is nothing to write. */
  get isEmpty(): boolean {
    return this.lines === 0;
  }

  /** How many lines there are to write. */
  get lines(): number {
    return this.#lines.length + (this.#lost ? 1 : 0);
  }

  /** Adds a message, which ends with a line feed. A message with other line feeds becomes several lines. */
  add(message: Uint8Array): void {
    if (this.#length + message.length > BUFFER_SIZE) {
      this.#lost = true;
      this.discarded += 1;
      return;
    }
    this.#length += message.length;
    for (let at = 0; at < message.length;) {
      const end = message.indexOf(LINE_FEED, at) + 1 || message.length;
      this.#lines.push(message.subarray(at, end));
      at = end;
    }
  }

  /** Takes the next line to write. */
  take(): Uint8Array | undefined {
    if (this.#lost) {
      this.#lost = false;
      return LOST;
    }
    const line = this.#lines.shift();
    this.#length -= line?.length ?? 0;
    return line;
  }

  /** Puts back a line that was taken, or the rest of it, as the next line to write. */
  putBack(rest: Uint8Array): void {
    if (rest === LOST) {
      this.#lost = true;
      return;
    }
    this.#lines.unshift(rest);
    this.#length += rest.length;
  }

  /** Forgets everything. */
  clear(): void {
    this.#lines.length = 0;
    this.#length = 0;
    this.#lost = false;
  }
}
