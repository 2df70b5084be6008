/** The control socket of the daemon and its connections. */

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
  /** The current overview, for queries. */
  readonly overview: () => Overview;
  /** The facts that clients can subscribe to. @default none */
  readonly events?: EventSource;
  /** Writes a line to the daemon's log. */
  readonly log: Log;
  /**
   * How long to wait after a connection could not be accepted, in milliseconds. The usual reason is a lack of file
   * descriptors: without a pause, the server would use all processor time until some are free. @default 100
   */
  readonly acceptRetryDelay?: number;
}

/** Accepting must succeed for this multiple of the delay before the failure counts as over. */
const CALM_RETRIES = 10;
/** The limit for all clients together, in bytes: unsent output and handles. */
const MEMORY_LIMIT = 64 * 1024 * 1024;

/** Serves the control protocol. No client can block the daemon or another client. */
export class ControlServer {
  readonly #host: SessionHost;
  readonly #log: Log;
  readonly #acceptRetryDelay: number;
  readonly #connections = new Set<Connection>();
  readonly #turns = new Turns();
  readonly #memory = new ClientMemory(MEMORY_LIMIT);
  #socket: ListeningSocket | undefined;
  /** The path of the last call of `open`. */
  #lastPath: string | undefined;
  /** Calls of `open` run one after the other. */
  #opening: Promise<void> = Promise.resolve();
  /** Resolves when the last socket accepts no more connections. */
  #accepting: Promise<void> = Promise.resolve();
  /** How often `close` was called: it cancels an `open` that had begun. */
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

  /** Whether the control socket is open but its file no longer exists. */
  get vanished(): boolean {
    return this.#socket?.vanished ?? false;
  }

  /**
   * Opens the control socket, with mode 0600 (daemon and init 3.3). Does nothing if the socket is open and its file
   * exists. Throws `ControlSocketError` with the text for the log.
   */
  open(path: string): Promise<void> {
    this.#lastPath = path;
    const closes = this.#closes;
    const opening = this.#opening.then(() => this.#open(path, closes));
    this.#opening = opening.catch(() => {});
    return opening;
  }

  /** Opens the socket again at the path of the last `open`, if its file no longer exists or the socket is closed. */
  async reopen(): Promise<void> {
    if (this.#lastPath !== undefined) await this.open(this.#lastPath);
  }

  /** Stops listening and removes the socket's file, unless the file is not ours any more. Connections stay. */
  close(): void {
    this.#closes++;
    const stopped = this.#stopListening();
    this.#opening = this.#opening.then(() => stopped);
  }

  /** Serves a client over a connected stream, such as a socket that was passed to a service. */
  serve(stream: ByteStream): void {
    const connection = new Connection(stream, this.#host, {
      log: this.#log,
      memory: this.#memory,
      turns: this.#turns,
      ended: (ended) => this.#connections.delete(ended),
    });
    this.#connections.add(connection);
  }

  /** Ends all connections at once; unsent output is dropped. */
  disconnectAll(): void {
    for (const connection of [...this.#connections]) connection.close();
  }

  /**
   * Resolves when every client has received its output. A client that does not read delays it without end, so callers
   * need a time limit.
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

  /** Stops at once; resolves when a new socket can be created at the same path. */
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
