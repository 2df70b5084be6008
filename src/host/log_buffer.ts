import { encodeBytes } from "../model/mod.ts";

const RESTARTED = "(dinit: note: service restarted)\n";
const LINE_FEED = 10;

/**
 * The first output of a service, kept in memory up to a size; what comes when it is full is dropped
 * (lifecycle 8.18). It outlives the processes that write to it.
 */
export class LogBuffer {
  /** Bytes that the buffer holds at most. */
  readonly size: number;
  #bytes = new Uint8Array(0);
  #length = 0;

  constructor(size: number) {
    this.size = size;
  }

  /** Appends output as far as there is room. */
  append(chunk: Uint8Array): void {
    const fits = Math.min(chunk.length, this.size - this.#length);
    if (fits <= 0) return;
    this.#reserve(this.#length + fits);
    this.#bytes.set(chunk.subarray(0, fits), this.#length);
    this.#length += fits;
  }

  /** Marks the beginning of another process's output, if there is older output and the mark fits whole. */
  markRestart(): void {
    if (this.#length === 0) return;
    const mark = encodeBytes(this.#bytes[this.#length - 1] === LINE_FEED ? RESTARTED : `\n${RESTARTED}`);
    if (this.#length + mark.length < this.size) this.append(mark);
  }

  /** A copy of what has been kept. */
  contents(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Makes room again. */
  clear(): void {
    this.#bytes = new Uint8Array(0);
    this.#length = 0;
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.min(this.size, Math.max(length, this.#bytes.length * 2)));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
