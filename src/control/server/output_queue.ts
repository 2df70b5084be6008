/** The output that waits for one client. Adding to it never blocks. */

import type { ByteStream } from "../wire/byte_stream.ts";
import { ByteWriter } from "../wire/byte_writer.ts";
import { writePacket } from "../wire/encode.ts";
import type { Packet } from "../wire/layouts.ts";
import type { StatusForm } from "../wire/status_buffer.ts";

/** Writes packets in order, as fast as the client reads them. */
export class OutputQueue {
  readonly #stream: ByteStream;
  readonly #failed: (cause: unknown) => void;
  readonly #changed: (bytes: number) => void;
  readonly #waiting = new ByteWriter();
  #underWay = 0;
  #writing = false;
  #ended = false;
  #drained: PromiseWithResolvers<void> | undefined;

  /**
   * @param failed called once, when the stream accepts no more bytes
   * @param changed called with the change of `size` in bytes, which may be negative
   */
  constructor(stream: ByteStream, failed: (cause: unknown) => void, changed: (bytes: number) => void) {
    this.#stream = stream;
    this.#failed = failed;
    this.#changed = changed;
  }

  /** Bytes that the client's socket has not accepted yet. */
  get size(): number {
    return this.#waiting.length + this.#underWay;
  }

  /** Adds a packet. Packets that are added in one turn of the event loop are written together. */
  add(packet: Packet, form?: StatusForm): void {
    if (this.#ended) return;
    const before = this.#waiting.length;
    writePacket(this.#waiting, packet, form);
    this.#changed(this.#waiting.length - before);
    if (!this.#writing) void this.#write();
  }

  /** Resolves when everything has been written, or cannot be written any more. */
  drained(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    this.#drained ??= Promise.withResolvers();
    return this.#drained.promise;
  }

  /** Drops the waiting output and accepts no more. */
  end(): void {
    this.#ended = true;
    this.#changed(-this.size);
    this.#waiting.truncate(0);
    this.#underWay = 0;
    this.#drained?.resolve();
  }

  async #write(): Promise<void> {
    this.#writing = true;
    await undefined;
    try {
      while (this.#waiting.length > 0) await this.#writeAll(this.#waiting.take());
      this.#drained?.resolve();
      this.#drained = undefined;
    } catch (cause) {
      if (this.#ended) return;
      this.end();
      this.#failed(cause);
    }
    this.#writing = false;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    this.#underWay = bytes.length;
    while (this.#underWay > 0) {
      const written = await this.#stream.write(bytes.subarray(bytes.length - this.#underWay));
      if (this.#ended) return;
      this.#underWay -= written;
      this.#changed(-written);
    }
  }
}
