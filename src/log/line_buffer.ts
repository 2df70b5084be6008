/** The bytes that one stream keeps while they cannot be written (daemon and init 5.5). */
export const BUFFER_SIZE = 4096;

const LOST = "dinit: *** log message discarded due to full buffer ***\n";

/**
 * Lines on their way to a stream. It holds 4096 bytes; a line that does not fit is dropped whole, and the reader is
 * told once that something is missing, before the older lines that were kept.
 */
export class LineBuffer {
  readonly #lines: Uint8Array[] = [];
  #length = 0;
  #lost = false;

  /** Whether there is nothing to write. */
  get isEmpty(): boolean {
    return this.#lines.length === 0 && !this.#lost;
  }

  /** Adds a line, line feed included. */
  add(line: Uint8Array): void {
    if (this.#length + line.length > BUFFER_SIZE) {
      this.#lost = true;
      return;
    }
    this.#lines.push(line);
    this.#length += line.length;
  }

  /** Takes the next line to write. */
  take(): Uint8Array | undefined {
    if (this.#lost) {
      this.#lost = false;
      return new TextEncoder().encode(LOST);
    }
    const line = this.#lines.shift();
    this.#length -= line?.length ?? 0;
    return line;
  }

  /** Forgets everything. */
  clear(): void {
    this.#lines.length = 0;
    this.#length = 0;
    this.#lost = false;
  }
}
