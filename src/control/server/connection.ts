/**
 * The daemon's end of one control connection: it reads bytes, passes packets to the session, and writes replies and
 * events.
 */

import { Errno, errnoOf, errnoText } from "../../model/mod.ts";
import type { ByteStream } from "../wire/byte_stream.ts";
import type { ClientMemory, CountedClient } from "./client_memory.ts";
import { ClientRecord } from "./client_record.ts";
import type { ClientRecords } from "./client_records.ts";
import { Conversation, type Log } from "./conversation.ts";
import type { Gate } from "./gate.ts";
import { InputBuffer } from "./input_buffer.ts";
import { isLasting } from "./lasting_stream.ts";
import type { InformationPacket } from "../wire/layouts.ts";
import { type Chunk, OutputQueue } from "./output_queue.ts";
import type { SavedClient } from "./saved_clients.ts";
import { Session, type SessionHost } from "./session.ts";
import type { EventOutput } from "./subscriptions.ts";
import type { Turns } from "./turns.ts";

/** While more bytes than this wait to be sent, the server reads no requests of the client (control protocol 5). */
const OUTPUT_HIGH_WATER = 16_384;

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

/** Callbacks and shared objects of a `Connection`. */
export interface ConnectionOptions {
  readonly log: Log;
  /** The common limit for all clients. */
  readonly memory: ClientMemory;
  /** Whose turn it is. */
  readonly turns: Turns;
  /** Holds requests back. */
  readonly gate: Gate;
  /** Where the state of the client is saved, if its connection outlives the program. */
  readonly records: ClientRecords;
  /** Ends the connection of a descriptor, before the state says that it has ended. */
  readonly ending: (descriptor: number) => void;
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
  readonly #input: InputBuffer;
  /** `undefined`: nothing is saved. */
  readonly #record: ClientRecord | undefined;
  readonly #conversation: Conversation;
  /** A turn is being taken. */
  #isWorking = false;
  /** An event has come in this turn. */
  #hasEvent = false;
  /** The number of requests allowed in the next turn. */
  #quota = 1;
  /** The approximate size of the connection and its handles, in bytes. */
  #kept = 0;
  /** No more requests are handled. */
  #finishing = false;
  /** The connection is being closed and no longer counts. */
  #dropped = false;
  #closed = false;

  /** `saved`: the client of another program, which continues. */
  constructor(stream: ByteStream, host: SessionHost, options: ConnectionOptions, saved?: SavedClient) {
    const { records, memory } = options;
    this.#stream = stream;
    this.#options = options;
    const isSaved = isLasting(stream) && records.isSaving;
    const client = saved?.number ?? records.clients.next;
    this.#session = new Session(
      host,
      this,
      (by) => this.#keep(by * HANDLE_SIZE),
      isSaved ? { records, client } : undefined,
    );
    this.#input = new InputBuffer(stream, () => this.#record?.changed());
    this.#output = new OutputQueue(stream, {
      failed: (cause) => this.#failed("writing to", cause),
      changed: (bytes) => memory.change(bytes),
      written: (complete) => this.#written(complete),
      blocked: () => this.#blocked(),
      handled: () => this.#input.handledBytes,
      dropped: (chunk) => this.#record?.removeOutput(chunk),
    });
    this.#conversation = new Conversation({
      input: this.#input,
      output: this.#output,
      session: this.#session,
      log: options.log,
      later: (reply) => this.#later(reply),
    });
    if (isSaved) {
      this.#record = new ClientRecord(records, client, {
        stream,
        input: this.#input,
        output: this.#output,
        session: this.#session,
        conversation: this.#conversation,
      });
    }
    memory.join(this);
    this.#keep(CONNECTION_SIZE);
    if (saved !== undefined) this.#continueFrom(saved);
    void this.#run(saved !== undefined);
  }

  #continueFrom(saved: SavedClient): void {
    this.#input.restore(saved.input, saved.handled);
    for (const { chunk, serial } of saved.output) this.#record?.restoreOutput(chunk, serial);
    this.#output.restore(saved.output.map(({ chunk }) => chunk));
    this.#session.restore(saved.session);
    this.#conversation.restore(saved);
    const { lateReply } = saved;
    if (lateReply !== undefined) this.#output.add(lateReply);
    this.#save();
    if (this.#input.unreleased > 0) this.#written([]);
  }

  /** The number of the descriptor, if the connection can outlive the program. */
  get descriptor(): number | undefined {
    return isLasting(this.#stream) ? this.#stream.descriptor : undefined;
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

  step(work: () => void): void {
    this.#options.records.step(work);
  }

  moved(): void {
    this.#record?.changed();
  }

  /** Sends an event. The manager calls it while it works, so it must not call the manager. */
  inform(packet: InformationPacket): void {
    this.#output.add(packet);
    if (this.#isWorking) this.#hasEvent = true;
    else this.#record?.saveOutput();
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
    if (this.descriptor !== undefined) this.#options.ending(this.descriptor);
    this.#options.records.step(() => {
      this.#leave();
      this.#output.end();
      this.#record?.end();
    });
    this.#keepNothing();
    this.#options.memory.leave(this);
    this.#stream.close();
    this.#options.ended(this);
  }

  /** `isWhole`: the buffer may contain a complete request. */
  async #run(isWhole: boolean): Promise<void> {
    while (!this.#finishing && !this.#conversation.isEnding) {
      const { opening } = this.#options.gate;
      if (opening !== undefined) {
        await opening;
      } else if (this.#conversation.awaited !== undefined) {
        await this.#conversation.awaited;
      } else if (this.#output.size > OUTPUT_HIGH_WATER) {
        await this.#output.drained();
      } else if (isWhole || this.#conversation.long !== undefined) {
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
    this.#options.records.step(() => this.#leave());
    await this.#output.drained();
    this.close();
  }

  /**
   * Handles some requests in one step; false if no complete one is left. Their bytes count as read when the step ends.
   * Then the replies are written.
   */
  #takeTurn(): boolean {
    if (this.#options.gate.opening !== undefined) return true;
    const isWhole = this.#options.records.step(() => {
      const isBehind = this.#output.size > 0;
      this.#isWorking = true;
      this.#hasEvent = false;
      this.#conversation.begin();
      const isWhole = this.#handleSome();
      this.#isWorking = false;
      const needsSaving = isBehind || this.#hasEvent || this.#conversation.isChanging ||
        this.#output.chunks.length > 1 || this.#output.size > OUTPUT_HIGH_WATER;
      if (needsSaving) this.#save();
      return isWhole;
    });
    this.#output.write();
    if (this.#input.unreleased > 0) this.#written([]);
    return isWhole;
  }

  #handleSome(): boolean {
    const conversation = this.#conversation;
    for (let count = 0; count < this.#quota; count++) {
      if (this.#finishing || conversation.isEnding || conversation.awaited !== undefined) break;
      if (this.#output.size > OUTPUT_HIGH_WATER) break;
      if (!conversation.step()) return false;
    }
    return true;
  }

  #later(reply: () => void): void {
    this.#options.records.step(() => {
      reply();
      this.#save();
    });
  }

  /** The socket has accepted output, so the requests before it are not needed any more. */
  #written(complete: readonly Chunk[]): void {
    this.#input.release();
    const record = this.#record;
    if (record === undefined) return;
    this.#options.records.step(() => {
      for (const chunk of complete) record.removeOutput(chunk);
    });
  }

  /** Output remains in memory, so from now on it must be saved. */
  #blocked(): void {
    this.#options.records.step(() => this.#save());
    if (this.#input.unreleased > 0) this.#written([]);
  }

  #save(): void {
    this.#record?.saveOutput();
    this.#record?.changed();
  }

  /** Reads once; false when the client has closed its direction. */
  async #fill(): Promise<boolean> {
    try {
      return await this.#input.fill();
    } catch (cause) {
      this.#failed("reading from", cause);
      return false;
    }
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
