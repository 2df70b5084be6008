import { type BufferedOutput, encodeBytes } from "../../model/mod.ts";

const RESTARTED = "(dinit: note: service restarted)\n";
const LINE_FEED = 10;

/**
 * The last output of a service, kept in memory up to a size: when the buffer is full, new output overwrites
 * the oldest. It outlives the processes that write to it. The reference keeps the first output (lifecycle
 * 8.18, and docs/compatibility.md).
 *
 * The memory grows with the output, up to the size. While it is smaller than the size, the output begins at index 0.
 */
export class LogBuffer {
  /** The largest number of bytes in the buffer. */
  readonly size: number;
  #bytes = new Uint8Array(0);
  /** The number of bytes in the buffer. */
  #length = 0;
  /** The index at which the next byte is written. */
  #next = 0;
  /** The number of bytes ever appended. */
  #end: number;

  /** `end`: the number of bytes that were appended to the predecessor of this buffer. */
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
   * Marks the beginning of another process's output, if there is older output. A mark that needs more than half of the
   * buffer is omitted: the output is worth more.
   */
  markRestart(): void {
    if (this.#length === 0) return;
    const last = this.#bytes.at(this.#next - 1);
    const mark = encodeBytes(last === LINE_FEED ? RESTARTED : `\n${RESTARTED}`);
    if (2 * mark.length <= this.size) this.append(mark);
  }

  /**
   * A copy of the kept bytes with an offset of at least `after`. Offsets count all bytes ever appended.
   *
   * @param after @default 0, all kept bytes
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

  /** Drops the kept bytes and frees their memory. Offsets continue. */
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
