/**
 * A two-way stream of bytes for either end of a control connection. A `Deno.Conn` is one; a wrapper makes one from a
 * passed file descriptor.
 */
export interface ByteStream {
  /** Fills part of `buffer` and returns how many bytes, or `null` at the end of the stream. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some of `bytes` and returns how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Closes both directions; pending reads and writes are rejected or end. */
  close(): void;
}
