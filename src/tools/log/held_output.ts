import { NEWLINE } from "./line_format.ts";

/**
 * Output that cannot be written now: a ring of limited size. If it is full, it loses whole lines from the oldest on. Its
 * memory exists only while it holds something.
 */
export class HeldOutput {
  readonly #limit: number;
  #ring: Uint8Array<ArrayBuffer> | undefined;
  #begin = 0;
  #length = 0;
  #lost = 0;
  /** The beginning of the oldest line is lost, and its end has not arrived. */
  #losing = false;

  /** @param limit in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many bytes it holds. */
  get length(): number {
    return this.#length;
  }

  /** How many bytes were lost since the last `clear`. */
  get lost(): number {
    return this.#lost;
  }

  /** Adds output. */
  add(bytes: Uint8Array): void {
    let rest = bytes;
    if (this.#losing) rest = this.#afterLostLine(rest);
    if (rest.length > this.#limit) {
      const kept = rest.subarray(rest.length - this.#limit);
      this.#lose(this.#length + rest.length - kept.length);
      this.#begin = this.#length = 0;
      this.#losing = true;
      rest = this.#afterLostLine(kept);
    }
    if (rest.length === 0) return;
    this.#makeRoom(rest.length);
    // After a lost line without end, the new bytes belong to it.
    if (this.#losing) rest = this.#afterLostLine(rest);
    this.#append(rest);
  }

  /** Passes the content, in order, to a function that returns how many bytes it took. It stops at the first 0. */
  drain(take: (bytes: Uint8Array<ArrayBuffer>) => number): void {
    while (this.#ring !== undefined && this.#length > 0) {
      const end = Math.min(this.#limit, this.#begin + this.#length);
      const count = take(this.#ring.subarray(this.#begin, end));
      if (count === 0) return;
      this.#begin = (this.#begin + count) % this.#limit;
      this.#length -= count;
    }
  }

  /** Frees the memory and forgets what was lost, once everything is written. */
  clear(): void {
    this.#ring = undefined;
    this.#begin = this.#length = this.#lost = 0;
    this.#losing = false;
  }

  #lose(count: number): void {
    this.#lost += count;
  }

  /** The bytes behind the end of the line whose beginning is lost. */
  #afterLostLine(bytes: Uint8Array): Uint8Array {
    const end = bytes.indexOf(NEWLINE) + 1;
    this.#losing = end === 0;
    const skipped = end === 0 ? bytes.length : end;
    this.#lose(skipped);
    return bytes.subarray(skipped);
  }

  /** Drops the oldest lines until `count` more bytes fit. */
  #makeRoom(count: number): void {
    const excess = this.#length + count - this.#limit;
    if (excess <= 0) return;
    let dropped = excess;
    while (dropped < this.#length && this.#at(dropped - 1) !== NEWLINE) dropped++;
    this.#losing = dropped === this.#length && this.#at(dropped - 1) !== NEWLINE;
    this.#begin = (this.#begin + dropped) % this.#limit;
    this.#length -= dropped;
    this.#lose(dropped);
  }

  #at(index: number): number {
    return this.#ring?.[(this.#begin + index) % this.#limit] ?? NEWLINE;
  }

  #append(bytes: Uint8Array): void {
    const ring = this.#ring ??= new Uint8Array(this.#limit);
    const at = (this.#begin + this.#length) % this.#limit;
    const untilWrap = this.#limit - at;
    ring.set(bytes.subarray(0, untilWrap), at);
    ring.set(bytes.subarray(untilWrap), 0);
    this.#length += bytes.length;
  }
}
