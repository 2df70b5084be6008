/** The control socket of the daemon and the connections that came through it. */

import { errnoOf, errnoText, type Overview } from "../../model/mod.ts";
import { BufferedLogs } from "./buffered_logs.ts";
import type { ByteStream } from "../wire/byte_stream.ts";
import { ClientMemory } from "./client_memory.ts";
import { Connection, type Log } from "./connection.ts";
import type { ControlledManager } from "./controlled_manager.ts";
import { EventHub } from "./event_hub.ts";
import type { EventSource } from "./event_source.ts";
import { ListeningSocket } from "./listening_socket.ts";
import { RecurringTrouble } from "./recurring_trouble.ts";
import type { SessionHost } from "./session.ts";
import { Turns } from "./turns.ts";

/** Options of `ControlServer`. */
export interface ControlServerOptions {
  /** The whole system at this moment: the answer to a query for it. */
  readonly overview: () => Overview;
  /** The facts that clients can subscribe to. @default none */
  readonly events?: EventSource;
  /** Writes a line to the daemon's log. */
  readonly log: Log;
  /**
   * Milliseconds to wait after a connection could not be accepted, mostly for want of file descriptors: trying again
   * at once would keep the processor busy until some are free. @default 100
   */
  readonly acceptRetryDelay?: number;
}

/** Accepting has to go well for so many times the delay after a failure until the trouble is said to be over. */
const CALM_RETRIES = 10;
/** How many bytes may be kept for all clients together: what waits to be sent to them, and their handles. */
const MEMORY_LIMIT = 64 * 1024 * 1024;

/** Serves the control protocol. Nothing that a client does or fails to do holds up the daemon or another client. */
export class ControlServer {
  readonly #host: SessionHost;
  readonly #log: Log;
  readonly #acceptRetryDelay: number;
  readonly #connections = new Set<Connection>();
  readonly #turns = new Turns();
  readonly #memory = new ClientMemory(MEMORY_LIMIT);
  #socket: ListeningSocket | undefined;
  /** The path that was asked for last. */
  #lastPath: string | undefined;
  /** Openings take their turns. */
  #opening: Promise<void> = Promise.resolve();
  /** Resolves when the last socket does not accept any more. */
  #accepting: Promise<void> = Promise.resolve();
  /** How often `close` was called: an opening that was under way then is off. */
  #closes = 0;

  constructor(manager: ControlledManager, options: ControlServerOptions) {
    const { overview, events } = options;
    this.#host = { manager, hub: new EventHub(manager), logs: new BufferedLogs(manager), overview, events };
    this.#log = options.log;
    this.#acceptRetryDelay = options.acceptRetryDelay ?? 100;
  }

  /** The path of the control socket; `undefined` while there is none. */
  get path(): string | undefined {
    return this.#socket?.path;
  }

  /** Whether the control socket is open and its file has gone. */
  get vanished(): boolean {
    return this.#socket?.vanished ?? false;
  }

  /**
   * Opens the control socket, with mode 0600 (daemon and init 3.3). If it is open already and its file has not
   * vanished, nothing is done. Throws `ControlSocketError` with the text for the log.
   */
  open(path: string): Promise<void> {
    this.#lastPath = path;
    const closes = this.#closes;
    const opening = this.#opening.then(() => this.#open(path, closes));
    this.#opening = opening.catch(() => {});
    return opening;
  }

  /** Opens the socket again at the last path given to `open`, if its file has vanished or it is closed. */
  async reopen(): Promise<void> {
    if (this.#lastPath !== undefined) await this.open(this.#lastPath);
  }

  /** Stops listening and removes the socket's file, unless it belongs to someone else now. Connections stay. */
  close(): void {
    this.#closes++;
    const stopped = this.#stopListening();
    this.#opening = this.#opening.then(() => stopped);
  }

  /** Serves a client over a stream that is connected to it already, such as a socket passed to a service. */
  serve(stream: ByteStream): void {
    const connection = new Connection(stream, this.#host, {
      log: this.#log,
      memory: this.#memory,
      turns: this.#turns,
      ended: (ended) => this.#connections.delete(ended),
    });
    this.#connections.add(connection);
  }

  /** Ends all connections at once; what waits to be sent is dropped. */
  disconnectAll(): void {
    for (const connection of [...this.#connections]) connection.close();
  }

  /**
   * Resolves when every client has been sent what it is owed. A client that does not read delays it without end:
   * whoever waits sets a time limit.
   */
  async drained(): Promise<void> {
    await Promise.all([...this.#connections].map((connection) => connection.drained()));
  }

  async #open(path: string, closes: number): Promise<void> {
    if (this.#socket !== undefined) {
      if (!this.#socket.vanished) return;
      await this.#stopListening();
    }
    const socket = await ListeningSocket.open(path);
    if (closes !== this.#closes) {
      socket.close();
      return;
    }
    this.#socket = socket;
    this.#accepting = this.#accept(socket);
  }

  /** Stops at once; resolves when a new socket may be made at the same path. */
  #stopListening(): Promise<void> {
    const closed = this.#socket?.close() ?? false;
    this.#socket = undefined;
    return closed ? this.#accepting : Promise.resolve();
  }

  async #accept(socket: ListeningSocket): Promise<void> {
    const trouble = new RecurringTrouble(
      (times) => this.#log("warn", `Control connections are accepted again, after ${attempts(times)}`),
      CALM_RETRIES * this.#acceptRetryDelay,
    );
    while (!socket.closed) {
      try {
        trouble.absent();
        const connection = await socket.accept();
        if (socket.closed) connection.close();
        else this.serve(connection);
      } catch (cause) {
        if (socket.closed) break;
        const text = `Error accepting control connection: ${errnoText(errnoOf(cause))}`;
        if (trouble.happened(text)) this.#log("error", text);
        await new Promise((resolve) => setTimeout(resolve, this.#acceptRetryDelay));
      }
    }
    trouble.end();
  }
}

function attempts(failed: number): string {
  return failed === 1 ? "1 failed attempt" : `${failed} failed attempts`;
}
