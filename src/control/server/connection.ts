/** The daemon's end of one control connection: bytes in, packets to the session, replies and events out. */

import { errnoNumber, errnoOf, errnoText, LimitError } from "../../model/mod.ts";
import type { ByteStream } from "../wire/byte_stream.ts";
import type { ClientMemory, CountedClient } from "./client_memory.ts";
import { decodePacket } from "../wire/decode.ts";
import {
  type InformationPacket,
  isRequestType,
  layoutOf,
  type ReplyPacket,
  type RequestPacket,
  statusFormOf,
} from "../wire/layouts.ts";
import { OutputQueue } from "./output_queue.ts";
import { PacketError } from "../wire/packet_error.ts";
import { Reply, Request, REQUEST_LIMIT } from "../wire/protocol.ts";
import { answerRequest } from "./requests.ts";
import { Session, type SessionHost } from "./session.ts";
import type { StatusForm } from "../wire/status_buffer.ts";
import type { EventOutput } from "./subscriptions.ts";
import type { Turns } from "./turns.ts";

/** Writes a line to the daemon's log. */
export type Log = (level: "error" | "warn" | "info", message: string) => void;

/** While more bytes than this wait to be sent, no requests of the client are read (control protocol 5). */
const OUTPUT_HIGH_WATER = 16_384;

/** How many bytes of a long reply are made at a time: enough for the list of a large system. */
const REPLY_PART = 256 * 1024;

/** About what one handle takes, in bytes. */
const HANDLE_SIZE = 200;

/** About what a connection without handles takes, in bytes. */
const CONNECTION_SIZE = 8 * 1024;

/**
 * How many requests of one client are handled in one turn at most. The first turn is one request, and each is twice as
 * long as the one before, so little is done for a client that has gone before its replies could be written.
 */
const REQUESTS_PER_TURN = 64;

/**
 * A client for which more bytes of events than this wait has stopped reading for good, and is dropped: half a million
 * events, but not all of the daemon's memory.
 */
const OUTPUT_LIMIT = 16 * 1024 * 1024;

/** A reply of many packets that is under way, and the request that it answers. */
interface LongReply {
  readonly packets: Iterator<ReplyPacket>;
  readonly request: RequestPacket;
}

/** What `Connection` tells the server. */
export interface ConnectionOptions {
  readonly log: Log;
  /** What is kept for all clients. */
  readonly memory: ClientMemory;
  /** Whose turn it is. */
  readonly turns: Turns;
  /** Called once, when the connection has ended. */
  readonly ended: (connection: Connection) => void;
}

/**
 * Requests are handled one after the other as they become whole. The client can make the daemon hold no more than
 * one buffer of requests, and not much more than one reply above the high-water mark.
 */
export class Connection implements CountedClient, EventOutput {
  readonly #stream: ByteStream;
  readonly #options: ConnectionOptions;
  readonly #session: Session;
  readonly #output: OutputQueue;
  readonly #buffer = new Uint8Array(REQUEST_LIMIT);
  readonly #view = new DataView(this.#buffer.buffer);
  /** What is left of a long reply. */
  #rest: LongReply | undefined;
  #start = 0;
  #end = 0;
  /** How many requests the next turn may handle. */
  #quota = 1;
  /** About what the connection and its handles take, in bytes. */
  #kept = 0;
  /** No more requests are handled. */
  #finishing = false;
  /** The connection is about to be closed, and nothing is counted for it any more. */
  #dropped = false;
  #closed = false;

  constructor(stream: ByteStream, host: SessionHost, options: ConnectionOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#session = new Session(host, this, (by) => this.#keep(by * HANDLE_SIZE));
    this.#output = new OutputQueue(
      stream,
      (cause) => this.#failed("writing to", cause),
      (bytes) => options.memory.change(bytes),
    );
    options.memory.join(this);
    this.#keep(CONNECTION_SIZE);
    void this.#run();
  }

  /** Bytes that are kept for this client. */
  get size(): number {
    return this.#output.size + this.#kept;
  }

  /** Resolves when everything that the client is owed has been sent, or cannot be any more. */
  async drained(): Promise<void> {
    for (let more; (more = this.#session.pending) !== undefined;) await more;
    await this.#output.drained();
  }

  get waiting(): number {
    return this.#output.size;
  }

  written(): Promise<void> {
    return this.#output.drained();
  }

  turn(work: () => void): Promise<void> | undefined {
    return this.#options.turns.take(work);
  }

  /** Sends an event. It is called while the manager works, and must not disturb it. */
  inform(packet: InformationPacket): void {
    this.#output.add(packet);
    if (this.#output.size > OUTPUT_LIMIT) this.drop();
    else this.#options.memory.relieve();
  }

  drop(): void {
    if (this.#dropped) return;
    this.#finishing = true;
    this.#options.log("warn", `Control client ${this.#fault()}; dropping connection`);
    this.#output.end();
    this.#keepNothing();
    queueMicrotask(() => this.close()); // the manager may be telling its listeners something
  }

  #fault(): string {
    if (this.#output.size >= this.#kept) return "does not read its events";
    return this.#kept > CONNECTION_SIZE ? "has too many handles" : "is one of too many";
  }

  #keep(bytes: number): void {
    if (this.#dropped) return;
    this.#kept += bytes;
    this.#options.memory.change(bytes);
    if (bytes > 0) this.#options.memory.relieve();
  }

  #keepNothing(): void {
    this.#keep(-this.#kept);
    this.#dropped = true;
  }

  /** Ends the connection at once. What waits to be sent is dropped. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#leave();
    this.#output.end();
    this.#keepNothing();
    this.#options.memory.leave(this);
    this.#stream.close();
    this.#options.ended(this);
  }

  async #run(): Promise<void> {
    let isWhole = false; // there may be a whole request in the buffer
    while (!this.#finishing) {
      if (this.#output.size > OUTPUT_HIGH_WATER) {
        await this.#output.drained();
      } else if (isWhole || this.#rest !== undefined) {
        await this.#options.turns.take(() => isWhole = this.#takeTurn());
        // A client that has gone is noticed here, when its replies cannot be written, before more is done for it.
        if (isWhole) await new Promise((resolve) => setImmediate(resolve));
        this.#quota = Math.min(2 * this.#quota, REQUESTS_PER_TURN);
      } else {
        if (!await this.#fill()) break;
        isWhole = true;
      }
    }
    // The client may have ended its own direction only, and still want the replies. Its handles end here: they would
    // stand in the way of others.
    this.#leave();
    await this.#output.drained();
    this.close();
  }

  /** Handles some requests; false if none is whole any more. */
  #takeTurn(): boolean {
    for (let count = 0; count < this.#quota && !this.#finishing; count++) {
      if (this.#output.size > OUTPUT_HIGH_WATER) return true;
      if (this.#rest !== undefined) this.#continue(this.#rest);
      else if (!this.#handleNext()) return false;
    }
    return true;
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
    if (!known || (type >= Request.QUERY && !this.#session.extensions)) {
      throw new PacketError(`No request has type ${type}`);
    }
  }

  #handle(packet: RequestPacket): void {
    this.#guard(packet, () => {
      const form = statusFormOf(packet.type);
      const answer = answerRequest(this.#session, packet, (early) => this.#output.add(early, form));
      if ("type" in answer) this.#reply(answer, form);
      else this.#rest = { packets: answer, request: packet };
    });
  }

  #continue({ packets, request }: LongReply): void {
    this.#guard(request, () => {
      while (this.#output.size < REPLY_PART) {
        const next = packets.next();
        if (next.done) {
          this.#rest = undefined;
          return;
        }
        this.#reply(next.value, statusFormOf(request.type));
      }
    });
  }

  /** What goes wrong in `action` ends this connection, and nothing but this connection. */
  #guard(request: RequestPacket, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (error instanceof LimitError) return this.#reply({ type: Reply.OOM });
      this.#finishing = true;
      const what = error instanceof Error ? error.stack ?? error.message : String(error);
      const where = layoutOf(request.type)!.name;
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
