/** The daemon's end of one control connection: bytes in, packets to the session, replies and events out. */

import { errnoNumber, errnoOf, errnoText } from "../model/mod.ts";
import type { ByteStream } from "./byte_stream.ts";
import { decodePacket } from "./decode.ts";
import type { InformationSink } from "./event_hub.ts";
import { HandleLimitError } from "./handle_table.ts";
import {
  type InformationPacket,
  isRequestType,
  layoutOf,
  type ReplyPacket,
  type RequestPacket,
  statusFormOf,
} from "./layouts.ts";
import { OutputQueue } from "./output_queue.ts";
import { PacketError } from "./packet_error.ts";
import { Reply, Request, REQUEST_LIMIT } from "./protocol.ts";
import { answerRequest } from "./requests.ts";
import { Session, type SessionHost } from "./session.ts";
import type { StatusForm } from "./status_buffer.ts";

/** Writes a line to the daemon's log. */
export type Log = (level: "error" | "warn" | "info", message: string) => void;

/** While more bytes than this wait to be sent, no requests of the client are read (control protocol 5). */
const OUTPUT_HIGH_WATER = 16_384;

/**
 * A client for which more bytes of events than this wait has stopped reading for good, and is dropped: half a million
 * events, but not all of the daemon's memory.
 */
const OUTPUT_LIMIT = 16 * 1024 * 1024;

/** What `Connection` tells the server. */
export interface ConnectionOptions {
  readonly log: Log;
  /** Called once, when the connection has ended. */
  readonly ended: (connection: Connection) => void;
}

/**
 * Requests are handled one after the other as they become whole. The client can make the daemon hold no more than
 * one buffer of requests, and not much more than one reply above the high-water mark.
 */
export class Connection implements InformationSink {
  readonly #stream: ByteStream;
  readonly #options: ConnectionOptions;
  readonly #session: Session;
  readonly #output: OutputQueue;
  readonly #buffer = new Uint8Array(REQUEST_LIMIT);
  readonly #view = new DataView(this.#buffer.buffer);
  #start = 0;
  #end = 0;
  /** No more requests are handled. */
  #finishing = false;
  #closed = false;

  constructor(stream: ByteStream, host: SessionHost, options: ConnectionOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#session = new Session(host, this);
    this.#output = new OutputQueue(stream, (cause) => this.#failed("writing to", cause));
    void this.#run();
  }

  /** Resolves when everything that the client is owed has been sent, or cannot be any more. */
  drained(): Promise<void> {
    return this.#output.drained();
  }

  /** Sends an event. It is called while the manager works, and must not disturb it. */
  inform(packet: InformationPacket): void {
    this.#output.add(packet);
    if (this.#output.size <= OUTPUT_LIMIT) return;
    this.#finishing = true;
    this.#output.end();
    this.#options.log("warn", "Control client does not read its events; dropping connection");
    queueMicrotask(() => this.close());
  }

  /** Ends the connection at once. What waits to be sent is dropped. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#leave();
    this.#output.end();
    this.#stream.close();
    this.#options.ended(this);
  }

  async #run(): Promise<void> {
    while (!this.#finishing) {
      if (this.#output.size > OUTPUT_HIGH_WATER) await this.#output.drained();
      else if (!this.#handleNext() && !await this.#fill()) break;
    }
    // The client may have ended its own direction only, and still want the replies. Its handles end here: they would
    // stand in the way of others.
    this.#leave();
    await this.#output.drained();
    this.close();
  }

  /** Takes one read's worth of bytes; false when the client has ended its direction. */
  async #fill(): Promise<boolean> {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    try {
      const size = await this.#stream.read(this.#buffer.subarray(this.#end));
      this.#end += size ?? 0;
      return size !== null;
    } catch (cause) {
      this.#failed("reading from", cause);
      return false;
    }
  }

  /** Handles the next request; false if it is not whole yet. */
  #handleNext(): boolean {
    if (this.#start === this.#end) return false;
    let request;
    try {
      this.#checkType(this.#buffer[this.#start]);
      request = decodePacket(this.#view, this.#start, this.#end);
    } catch {
      this.#reply({ type: Reply.BADREQ });
      return true;
    }
    if (request === undefined) return false;
    this.#start += request.size;
    this.#handle(request.packet as RequestPacket);
    return true;
  }

  /** A type is refused as soon as it is seen. Extensions are unknown types until the client has asked for them. */
  #checkType(type: number): void {
    const known = isRequestType(type) && layoutOf(type) !== undefined;
    if (!known || (type === Request.QUERY && !this.#session.extensions)) {
      throw new PacketError(`No request has type ${type}`);
    }
  }

  /** What goes wrong in here ends this connection, and nothing but this connection. */
  #handle(packet: RequestPacket): void {
    const form = statusFormOf(packet.type);
    try {
      this.#reply(answerRequest(this.#session, packet, (early) => this.#output.add(early, form)), form);
    } catch (error) {
      if (error instanceof HandleLimitError) return this.#reply({ type: Reply.OOM });
      this.#finishing = true;
      const what = error instanceof Error ? error.stack ?? error.message : String(error);
      const where = layoutOf(packet.type)!.name;
      this.#options.log(
        "error",
        `Internal error in control request ${where}: ${what.replaceAll(/\n\s*/g, " ")}`,
      );
    }
  }

  #reply(packet: ReplyPacket, form?: StatusForm): void {
    this.#output.add(packet, form);
    if (packet.type === Reply.BADREQ || packet.type === Reply.OOM) this.#finishing = true;
  }

  #leave(): void {
    this.#finishing = true;
    this.#session.leave();
  }

  /** A client that goes away is not worth a line in the log. */
  #failed(doing: string, cause: unknown): void {
    if (this.#closed) return;
    const errno = errnoOf(cause);
    if (errno !== errnoNumber("EPIPE") && errno !== errnoNumber("ECONNRESET")) {
      this.#options.log("warn", `Error ${doing} control connection: ${errnoText(errno)}`);
    }
    this.close();
  }
}
