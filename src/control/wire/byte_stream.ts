/**
 * A two-way stream of bytes: what both ends of a control connection need of one. A `Deno.Conn` is one; a passed
 * file descriptor can be dressed up as one.
 */
export interface ByteStream {
  /** Fills part of `buffer` and returns how many bytes, or `null` at the end of the stream. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some of `bytes` and returns how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends both directions; reads and writes that are under way are rejected or end. */
  close(): void;
}
