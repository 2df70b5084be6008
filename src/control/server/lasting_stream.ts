/** The connection of a client that outlives the program. */

import type { ByteStream } from "../wire/byte_stream.ts";

/**
 * A connection whose descriptor the daemon has opened itself. It stays open when another program continues. Its bytes
 * count as read only when the server says so.
 */
export interface LastingStream extends ByteStream {
  /** The number of the descriptor. */
  readonly descriptor: number;
  /** Identifies the counts of the connection for another program; `undefined`: it cannot be taken over. */
  readonly counts: number | undefined;
  /** The bytes that were written so far, by all programs. It is exact wherever another program has ended. */
  readonly sent: number;
  /** The bytes that were taken out so far. */
  readonly taken: number;
  /** The largest `covers` of a `writeNow` of which all bytes were written; 0: none was. */
  readonly covered: number;
  /** Reads like `read`, but the bytes remain unread. */
  peek(buffer: Uint8Array): Promise<number | null>;
  /** Like `peek`, but does not wait; `undefined`: nothing has arrived. */
  peekNow(buffer: Uint8Array): number | undefined;
  /** Reads this many bytes, which `peek` has returned, and drops them. */
  skip(count: number): void;
  /**
   * Writes some of `bytes` at once, and returns how many; `undefined`: none can be written now. Throws.
   *
   * @param covers what `covered` is from the moment on at which all of them are written
   */
  writeNow(bytes: Uint8Array, covers: number): number | undefined;
  /** Resolves when more can be written, or the stream is closed. */
  writable(): Promise<void>;
}

/** Whether a connection outlives the program. */
export function isLasting(stream: ByteStream): stream is LastingStream {
  return "descriptor" in stream;
}
