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
  readonly #taking: () => void;
  /** The buffer, for decoding between `start` and `end`. */
  readonly view: DataView = new DataView(this.#buffer.buffer);
  #start = 0;
  #end = 0;
  /** The bytes before this place are no longer in the socket. */
  #own = 0;
  /** How many bytes of the connection were handled so far, by all programs. */
  #handled = 0;

  /** `taking`: called before bytes are taken out of a socket whose request was not handled. */
  constructor(stream: ByteStream, taking: () => void) {
    this.#stream = stream;
    this.#lasting = isLasting(stream) ? stream : undefined;
    this.#taking = taking;
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

  /** How many bytes of the connection were handled so far, by all programs. */
  get handledBytes(): number {
    return this.#handled;
  }

  /** The bytes that are in no socket, and were not handled. */
  get kept(): Uint8Array {
    return this.#buffer.subarray(this.#start, Math.max(this.#start, this.#own));
  }

  /** The request with this size is handled. */
  handled(size: number): void {
    this.#start += size;
    this.#handled += size;
  }

  /** Takes the handled requests out of the socket. */
  release(): void {
    const count = this.unreleased;
    if (count === 0) return;
    this.#own = this.#start;
    this.#lasting?.skip(count);
  }

  /**
   * Continues: this many bytes were handled, and `kept` are the bytes behind them that were taken out, or were to be
   * taken out. More may have been handled since. Handled requests that are still in the socket wait for `release`.
   */
  restore(kept: Uint8Array, handled: number): void {
    const { taken = 0, covered = 0 } = this.#lasting ?? {};
    this.#handled = Math.max(handled, covered);
    const own = kept.subarray(this.#handled - handled, Math.max(0, taken - handled));
    this.#buffer.set(own);
    this.#end = this.#own = own.length;
    const passing = this.#buffer.subarray(0, Math.max(0, this.#handled - taken));
    if (passing.length === 0 || this.#lasting?.peekNow(passing) !== passing.length) return;
    this.#start = this.#end = passing.length;
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
      this.#taking();
      stream.skip(size);
    }
  }
}
