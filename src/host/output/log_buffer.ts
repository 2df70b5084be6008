import { type BufferedOutput, encodeBytes } from "../../model/mod.ts";

const RESTARTED = "(dinit: note: service restarted)\n";
const LINE_FEED = 10;

/**
 * The last output of a service, kept in memory up to a size: when the buffer is full, new output overwrites the oldest.
 * It outlives the processes that write to it. The reference keeps the first output (lifecycle 8.18, and
 * docs/compatibility.md).
 *
 * Memory grows with the output up to the size. While it is smaller than the size, the output begins at index 0.
 */
export class LogBuffer {
  /** Bytes that the buffer holds at most. */
  readonly size: number;
  #bytes = new Uint8Array(0);
  /** How many bytes are kept. */
  #length = 0;
  /** The index at which the next byte is written. */
  #next = 0;
  /** How many bytes have ever been appended. */
  #end: number;

  /** `end` is how many bytes the predecessor of this buffer has been given. */
  constructor(size: number, end = 0) {
    this.size = size;
    this.#end = end;
  }

  /** Appends output. */
  append(chunk: Uint8Array): void {
    this.#end += chunk.length;
    const kept = chunk.subarray(Math.max(0, chunk.length - this.size));
    if (kept.length === 0) return;
    this.#reserve(Math.min(this.size, this.#length + kept.length));
    const untilWrap = this.#bytes.length - this.#next;
    this.#bytes.set(kept.subarray(0, untilWrap), this.#next);
    this.#bytes.set(kept.subarray(untilWrap), 0);
    this.#next = (this.#next + kept.length) % this.#bytes.length;
    this.#length = Math.min(this.size, this.#length + kept.length);
  }

  /**
   * Marks the beginning of another process's output, if there is older output. A buffer that the mark would fill by more
   * than a half has none: the output is worth more.
   */
  markRestart(): void {
    if (this.#length === 0) return;
    const last = this.#bytes.at(this.#next - 1);
    const mark = encodeBytes(last === LINE_FEED ? RESTARTED : `\n${RESTARTED}`);
    if (2 * mark.length <= this.size) this.append(mark);
  }

  /**
   * A copy of what is kept and has an offset of at least `after`. Offsets count all bytes ever appended.
   *
   * @param after @default 0, all that is kept
   */
  contents(after = 0): BufferedOutput {
    const length = Math.max(0, Math.min(this.#length, this.#end - after));
    const bytes = new Uint8Array(length);
    const beforeWrap = Math.min(length, this.#next);
    bytes.set(this.#bytes.subarray(this.#next - beforeWrap, this.#next), length - beforeWrap);
    const older = length - beforeWrap;
    bytes.set(this.#bytes.subarray(this.#bytes.length - older), 0);
    return { bytes, end: this.#end };
  }

  /** Forgets what is kept, and frees its memory. Offsets go on. */
  clear(): void {
    this.#bytes = new Uint8Array(0);
    this.#length = 0;
    this.#next = 0;
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.min(this.size, Math.max(length, this.#bytes.length * 2)));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#next = this.#length;
  }
}
