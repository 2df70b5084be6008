/**
 * The daemon's end of one control connection: it reads bytes, passes packets to the session, and writes replies and
 * events.
 */

import { Errno, errnoOf, errnoText, LimitError } from "../../model/mod.ts";
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

/** While more bytes than this wait to be sent, the server reads no requests of the client (control protocol 5). */
const OUTPUT_HIGH_WATER = 16_384;

/** How many bytes of a long reply to make at a time: enough for the list of a large system. */
const REPLY_PART = 256 * 1024;

/** The approximate size of a handle, in bytes. */
const HANDLE_SIZE = 200;

/** The approximate size of a connection without handles, in bytes. */
const CONNECTION_SIZE = 8 * 1024;

/**
 * The largest number of requests of one client in one turn. The first turn is one request, and each later turn is twice
 * as long. So the daemon does little for a client that closes its end before reading replies.
 */
const REQUESTS_PER_TURN = 64;

/**
 * A client with more unread events than this, in bytes, has stopped reading for good and is dropped: half a million
 * events, but not all of the daemon's memory.
 */
const OUTPUT_LIMIT = 16 * 1024 * 1024;

/** A long reply that is being sent, and its request. */
interface LongReply {
  readonly packets: Iterator<ReplyPacket>;
  readonly request: RequestPacket;
}

/** Callbacks and shared objects of a `Connection`. */
export interface ConnectionOptions {
  readonly log: Log;
  /** The common limit for all clients. */
  readonly memory: ClientMemory;
  /** Whose turn it is. */
  readonly turns: Turns;
  /** Called once, when the connection has ended. */
  readonly ended: (connection: Connection) => void;
}

/**
 * Handles complete requests one after the other. A client can make the daemon hold at most one buffer of requests, and
 * not much more than one reply above the high-water mark.
 */
export class Connection implements CountedClient, EventOutput {
  readonly #stream: ByteStream;
  readonly #options: ConnectionOptions;
  readonly #session: Session;
  readonly #output: OutputQueue;
  readonly #buffer = new Uint8Array(REQUEST_LIMIT);
  readonly #view = new DataView(this.#buffer.buffer);
  /** The rest of a long reply. */
  #rest: LongReply | undefined;
  #start = 0;
  #end = 0;
  /** The number of requests allowed in the next turn. */
  #quota = 1;
  /** The approximate size of the connection and its handles, in bytes. */
  #kept = 0;
  /** No more requests are handled. */
  #finishing = false;
  /** The connection is being closed and no longer counts. */
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

  /** Resolves when everything for the client has been sent, or cannot be sent any more. */
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

  /** Sends an event. The manager calls it while it works, so it must not call the manager. */
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
    queueMicrotask(() => this.close()); // the manager may be notifying its listeners
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

  /** Ends the connection at once. Unsent output is dropped. */
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
    let isWhole = false; // the buffer may contain a complete request
    while (!this.#finishing) {
      if (this.#output.size > OUTPUT_HIGH_WATER) {
        await this.#output.drained();
      } else if (isWhole || this.#rest !== undefined) {
        await this.#options.turns.take(() => isWhole = this.#takeTurn());
        // A client that has closed its end is noticed here, when writing replies fails, before more work is done for
        // it.
        if (isWhole) await new Promise((resolve) => setImmediate(resolve));
        this.#quota = Math.min(2 * this.#quota, REQUESTS_PER_TURN);
      } else {
        if (!await this.#fill()) break;
        isWhole = true;
      }
    }
    // The client may have closed only its sending direction, and still wait for replies. Its handles end here, because
    // they would block other clients.
    this.#leave();
    await this.#output.drained();
    this.close();
  }

  /** Handles some requests; false if no complete one is left. */
  #takeTurn(): boolean {
    for (let count = 0; count < this.#quota && !this.#finishing; count++) {
      if (this.#output.size > OUTPUT_HIGH_WATER) return true;
      if (this.#rest !== undefined) this.#continue(this.#rest);
      else if (!this.#handleNext()) return false;
    }
    return true;
  }

  /** Reads once; false when the client has closed its direction. */
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

  /** Handles the next request; false if it is incomplete. */
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

  /** An invalid type is refused at once. Extensions are invalid until the client has asked for them. */
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

  /** An error in `action` ends only this connection. */
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

  /** A client that disconnects is not worth a line in the log. */
  #failed(doing: string, cause: unknown): void {
    if (this.#closed) return;
    const errno = errnoOf(cause);
    if (errno !== Errno.EPIPE && errno !== Errno.ECONNRESET) {
      this.#options.log("warn", `Error ${doing} control connection: ${errnoText(errno)}`);
    }
    this.close();
  }
}
