/** The output that waits for one client. Adding to it never blocks. */

import type { ByteStream } from "../wire/byte_stream.ts";
import { ByteWriter } from "../wire/byte_writer.ts";
import { writePacket } from "../wire/encode.ts";
import type { Packet } from "../wire/layouts.ts";
import { isLasting, type LastingStream } from "./lasting_stream.ts";
import type { StatusForm } from "../wire/status_buffer.ts";

/** A chunk of at least this many bytes gets no more packets: it is saved as a whole whenever it grows. */
const CHUNK_SIZE = 4096;

/** A part of the output, in whole packets. */
export interface Chunk {
  readonly writer: ByteWriter;
  /** How many bytes of the connection come before it, from all programs. */
  readonly at: number;
  /** The number of its saved document; `undefined`: it is not saved. */
  serial: number | undefined;
  /** How many bytes are saved. */
  saved: number;
}

/** What an `OutputQueue` reports. */
export interface OutputReports {
  /** Called once, when the stream accepts no more bytes. */
  failed(cause: unknown): void;
  /** `size` has changed by this number of bytes, which may be negative. */
  changed(bytes: number): void;
  /** The socket has accepted bytes, at this moment. These chunks are complete. */
  written(complete: readonly Chunk[]): void;
  /** The socket accepts no more now. */
  blocked(): void;
  /** How many bytes of requests were handled: the output has the replies to all of them. */
  handled(): number;
  /** The chunk is dropped. */
  dropped(chunk: Chunk): void;
}

/** Writes packets in order, as fast as the client reads them. */
export class OutputQueue {
  readonly #stream: ByteStream;
  readonly #lasting: LastingStream | undefined;
  readonly #reports: OutputReports;
  #chunks: Chunk[] = [];
  /** How many bytes of the first chunk are written. */
  #sent = 0;
  #size = 0;
  /** A write is planned, or under way. */
  #isPlanned = false;
  /** A write waits for room. */
  #isBlocked = false;
  #ended = false;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(stream: ByteStream, reports: OutputReports) {
    this.#stream = stream;
    this.#lasting = isLasting(stream) ? stream : undefined;
    this.#reports = reports;
  }

  /** Bytes that the client's socket has not accepted yet. */
  get size(): number {
    return this.#size;
  }

  /** The parts that are not written completely, in order. */
  get chunks(): readonly Chunk[] {
    return this.#chunks;
  }

  /** Adds a packet. Packets that are added in one turn of the event loop are written together. */
  add(packet: Packet, form?: StatusForm): void {
    if (this.#ended) return;
    let chunk = this.#chunks.at(-1);
    // The runtime keeps the bytes of a write that is under way.
    const isOpen = chunk !== undefined && chunk.writer.length < CHUNK_SIZE &&
      (this.#lasting !== undefined || this.#chunks.length > 1 || !this.#isPlanned);
    if (chunk === undefined || !isOpen) {
      const at = chunk === undefined ? this.#lasting?.sent ?? 0 : chunk.at + chunk.writer.length;
      chunk = { writer: new ByteWriter(), at, serial: undefined, saved: 0 };
      this.#chunks.push(chunk);
    }
    const before = chunk.writer.length;
    writePacket(chunk.writer, packet, form);
    this.#grow(chunk.writer.length - before);
    this.#plan();
  }

  /** Continues with chunks of another program, some of which it may have written. */
  restore(chunks: Chunk[]): void {
    const { sent = 0 } = this.#lasting ?? {};
    const isWritten = ({ at, writer }: Chunk) => at + writer.length <= sent;
    for (const chunk of chunks) if (isWritten(chunk)) this.#reports.dropped(chunk);
    this.#chunks = chunks.filter((chunk) => !isWritten(chunk));
    const [first] = this.#chunks;
    if (first === undefined) return;
    this.#sent = Math.max(0, sent - first.at);
    this.#grow(this.#chunks.reduce((size, { writer }) => size + writer.length, 0) - this.#sent);
    this.#plan();
  }

  /** Resolves when everything has been written, or cannot be written any more. */
  drained(): Promise<void> {
    if (this.#size === 0) return Promise.resolve();
    this.#drained ??= Promise.withResolvers();
    return this.#drained.promise;
  }

  /** Drops the waiting output and accepts no more. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#grow(-this.#size);
    for (const chunk of this.#chunks) this.#reports.dropped(chunk);
    this.#chunks = [];
    this.#drained?.resolve();
  }

  /** Writes now what the socket accepts. */
  write(): void {
    if (this.#lasting === undefined || this.#chunks.length === 0) return;
    if (this.#isBlocked) this.#reports.blocked();
    else this.#writeNow(this.#lasting);
  }

  #grow(bytes: number): void {
    this.#size += bytes;
    this.#reports.changed(bytes);
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    queueMicrotask(() => {
      if (this.#lasting === undefined) return void this.#writeLater();
      this.#isPlanned = false;
      this.write();
    });
  }

  #writeNow(stream: LastingStream): void {
    try {
      while (this.#chunks.length > 0) {
        const bytes = this.#chunks[0].writer.written.subarray(this.#sent);
        const covers = this.#chunks.length === 1 ? this.#reports.handled() : 0;
        const count = stream.writeNow(bytes, covers);
        if (count !== undefined) this.#wrote(count);
        if (count !== bytes.length) return this.#waitForRoom(stream);
      }
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #waitForRoom(stream: LastingStream): void {
    this.#isBlocked = true;
    this.#reports.blocked();
    void stream.writable().then(() => {
      this.#isBlocked = false;
      this.write();
    });
  }

  async #writeLater(): Promise<void> {
    try {
      while (this.#chunks.length > 0) {
        const count = await this.#stream.write(this.#chunks[0].writer.written.subarray(this.#sent));
        if (this.#ended) return;
        this.#wrote(count);
      }
      this.#isPlanned = false;
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #wrote(count: number): void {
    this.#sent += count;
    const complete = this.#sent === this.#chunks[0].writer.length ? [this.#chunks.shift()!] : [];
    if (complete.length > 0) this.#sent = 0;
    this.#reports.written(complete);
    this.#grow(-count);
    if (this.#size > 0) return;
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  #fail(cause: unknown): void {
    if (this.#ended) return;
    this.end();
    this.#reports.failed(cause);
  }
}
