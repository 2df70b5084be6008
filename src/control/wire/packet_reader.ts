/** Reads the packets of a daemon from a stream of bytes. */

import type { ByteStream } from "./byte_stream.ts";
import { type DecodedPacket, decodePacket } from "./decode.ts";
import {
  type InformationPacket,
  isInformationType,
  isRequestType,
  layoutOf,
  type ReplyPacket,
} from "./layouts.ts";
import { PacketError } from "./packet_error.ts";
import type { StatusForm } from "./status_buffer.ts";

/** The size of one read, in bytes: a list of a few hundred services. */
const READ_SIZE = 16 * 1024;

/** Reads replies and information packets. Unknown information packets are skipped. */
export class PacketReader {
  readonly #stream: ByteStream;
  #buffer = new Uint8Array(READ_SIZE);
  #view = new DataView(this.#buffer.buffer);
  #start = 0;
  #end = 0;

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  /**
   * The next packet; `undefined` if it is incomplete, and `fill` is needed. `form` is the form of the statuses in the
   * expected reply. Throws `PacketError` for bytes that are no packet.
   */
  take(form: StatusForm): ReplyPacket | InformationPacket | undefined {
    for (;;) {
      const decoded = this.#decode(form);
      if (decoded === undefined) return undefined;
      this.#start += decoded.size;
      if (decoded.packet !== undefined) return decoded.packet as ReplyPacket | InformationPacket;
    }
  }

  /** The next packet, if it is complete; without content if its type is unknown. */
  #decode(form: StatusForm): DecodedPacket | { packet: undefined; size: number } | undefined {
    if (this.#start === this.#end) return undefined;
    const type = this.#buffer[this.#start];
    if (isRequestType(type)) throw new PacketError(`Type ${type} is for requests`);
    if (!isInformationType(type) || layoutOf(type) !== undefined) {
      return decodePacket(this.#view, this.#start, this.#end, form);
    }
    if (this.#end - this.#start < 2) return undefined;
    const size = this.#buffer[this.#start + 1];
    if (size < 2) throw new PacketError(`An information packet cannot have ${size} bytes`);
    return this.#start + size <= this.#end ? { packet: undefined, size } : undefined;
  }

  /** Reads more bytes; false at the end of the stream. Throws the stream's error. */
  async fill(): Promise<boolean> {
    if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    if (this.#end === this.#buffer.length) {
      const larger = new Uint8Array(this.#buffer.length * 2);
      larger.set(this.#buffer);
      this.#buffer = larger;
      this.#view = new DataView(larger.buffer);
    }
    const size = await this.#stream.read(this.#buffer.subarray(this.#end));
    this.#end += size ?? 0;
    return size !== null;
  }
}
