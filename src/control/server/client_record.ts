/** What is saved about one client, and when (docs/surviving.md). */

import type { Plain } from "../../model/saving.ts";
import { byteText } from "./byte_text.ts";
import type { ClientRecords } from "./client_records.ts";
import type { Conversation } from "./conversation.ts";
import type { InputBuffer } from "./input_buffer.ts";
import type { LastingStream } from "./lasting_stream.ts";
import type { Chunk, OutputQueue } from "./output_queue.ts";
import { Request } from "../wire/protocol.ts";
import type { Session } from "./session.ts";

/** What a `ClientRecord` saves. */
export interface ClientParts {
  readonly stream: LastingStream;
  readonly input: InputBuffer;
  readonly output: OutputQueue;
  readonly session: Session;
  readonly conversation: Conversation;
}

/**
 * The document of a client and those of its output. Requests that change nothing and are answered at once leave no trace
 * here: until their reply is written, they are unread in the socket.
 */
export class ClientRecord {
  readonly #records: ClientRecords;
  readonly #parts: ClientParts;
  /** The number of the connection. */
  readonly #number: number;

  /** `number`: that of the connection in another program. @default a new one */
  constructor(records: ClientRecords, number: number, parts: ClientParts) {
    this.#records = records;
    this.#number = number;
    this.#parts = parts;
    records.clients.restore(number, () => this.#document());
  }

  /** The document of the client has changed. */
  changed(): void {
    this.#records.clients.changed(this.#number);
  }

  /** Saves the output that is not saved yet. */
  saveOutput(): void {
    const { output } = this.#records;
    for (const chunk of this.#parts.output.chunks) {
      const { length } = chunk.writer;
      if (chunk.serial === undefined) chunk.serial = output.add(() => this.#outputDocument(chunk));
      else if (chunk.saved !== length) output.changed(chunk.serial);
      chunk.saved = length;
    }
  }

  /** Output of another program, with the number that it had there. */
  restoreOutput(chunk: Chunk, serial: number): void {
    chunk.serial = serial;
    chunk.saved = chunk.writer.length;
    this.#records.output.restore(serial, () => this.#outputDocument(chunk));
  }

  /** The chunk is written completely, or dropped. */
  removeOutput({ serial }: Chunk): void {
    if (serial !== undefined) this.#records.output.remove(serial);
  }

  /** The connection has ended. */
  end(): void {
    this.#records.clients.remove(this.#number);
  }

  #outputDocument({ at, writer }: Chunk): Plain {
    return [this.#number, at, byteText(writer.written)];
  }

  #document(): Plain {
    const { stream: { descriptor, counts }, input, session, conversation } = this.#parts;
    const document: { [key: string]: Plain } = { descriptor };
    if (counts !== undefined) document.counts = counts;
    if (session.extensions) document.extensions = true;
    if (session.environment) document.environment = true;
    if (input.handledBytes > 0) document.handled = input.handledBytes;
    if (input.kept.length > 0) document.input = byteText(input.kept);
    const { long } = conversation;
    if (long !== undefined) document.list = [long.request, long.rest.after];
    const { positions } = session;
    if (positions !== undefined) document.positions = positions;
    if (conversation.isEnding) document.ending = true;
    const { awaitedRequest } = conversation;
    if (awaitedRequest?.packet.type === Request.UPGRADE) document.upgrade = true;
    else if (awaitedRequest !== undefined) document.again = byteText(awaitedRequest.bytes);
    return document;
  }
}
