/** The requests of one client that were not handled yet. */

import type { ByteStream } from "../wire/byte_stream.ts";
import { isLasting, type LastingStream } from "./lasting_stream.ts";
import { REQUEST_LIMIT } from "../wire/protocol.ts";

/**
 * A buffer for at least one request. If the connection outlives the program, bytes stay in the socket until their
 * request is handled. Only the beginning of a request that is not complete is taken out, to wait for the rest.
 */
export class InputBuffer {
  readonly #stream: ByteStream;
  readonly #lasting: LastingStream | undefined;
  readonly #buffer = new Uint8Array(REQUEST_LIMIT);
  readonly #taken: () => void;
  /** The buffer, for decoding between `start` and `end`. */
  readonly view: DataView = new DataView(this.#buffer.buffer);
  #start = 0;
  #end = 0;
  /** The bytes before this place are no longer in the socket. */
  #own = 0;

  /** `taken`: called after bytes were taken out of a socket before their request was handled. */
  constructor(stream: ByteStream, taken: () => void) {
    this.#stream = stream;
    this.#lasting = isLasting(stream) ? stream : undefined;
    this.#taken = taken;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  /** How many bytes of handled requests are still in the socket. */
  get unreleased(): number {
    return Math.max(0, this.#start - this.#own);
  }

  /** The handled requests that are still in the socket. */
  get passing(): Uint8Array {
    return this.#buffer.subarray(this.#start - this.unreleased, this.#start);
  }

  /** The bytes that are in no socket, and were not handled. */
  get kept(): Uint8Array {
    return this.#buffer.subarray(this.#start, Math.max(this.#start, this.#own));
  }

  /** The request with this size is handled. */
  handled(size: number): void {
    this.#start += size;
  }

  /** Takes the handled requests out of the socket. */
  release(): void {
    const count = this.unreleased;
    if (count === 0) return;
    this.#own = this.#start;
    this.#lasting?.skip(count);
  }

  /**
   * Continues: `kept` bytes were taken out before, or `passing` requests are handled. If they are still in the socket,
   * they wait for `release`.
   */
  restore(kept: Uint8Array, passing: Uint8Array): void {
    this.#buffer.set(kept);
    this.#end = this.#own = kept.length;
    if (passing.length === 0 || !this.#isNext(passing)) return;
    this.#start = this.#end = passing.length;
    this.#own = 0;
  }

  #isNext(bytes: Uint8Array): boolean {
    const next = this.#buffer.subarray(0, bytes.length);
    return this.#lasting?.peekNow(next) === bytes.length &&
      next.every((byte, index) => byte === bytes[index]);
  }

  /** Waits for more bytes; false when the client has closed its direction. Throws the stream's error. */
  async fill(): Promise<boolean> {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#own = Math.max(0, this.#own - this.#start);
    this.#start = 0;
    if (this.#lasting !== undefined) return await this.#look(this.#lasting);
    const size = await this.#stream.read(this.#buffer.subarray(this.#end));
    this.#end += size ?? 0;
    this.#own = this.#end;
    return size !== null;
  }

  async #look(stream: LastingStream): Promise<boolean> {
    for (;;) {
      const size = await stream.peek(this.#buffer.subarray(this.#own));
      if (size === null) return false;
      const known = this.#end - this.#own;
      this.#end = this.#own + size;
      if (size > known) return true;
      // Nothing has come since. The socket would report the same bytes again, and never its end.
      this.#own = this.#end;
      stream.skip(size);
      this.#taken();
    }
  }
}
