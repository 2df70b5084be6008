/** The control socket of the daemon and its connections. */

import { errnoOf, errnoText, type Overview, typed } from "../../model/mod.ts";
import type { Plain, SavedParts, StatePart, StateStore } from "../../model/saving.ts";
import { BufferedLogs } from "./buffered_logs.ts";
import type { ByteStream } from "../wire/byte_stream.ts";
import { ClientMemory } from "./client_memory.ts";
import { ClientRecords } from "./client_records.ts";
import { Connection } from "./connection.ts";
import type { ControlledManager } from "./controlled_manager.ts";
import type { Log } from "./conversation.ts";
import { EventHub } from "./event_hub.ts";
import type { EventSource } from "./event_source.ts";
import { Gate } from "./gate.ts";
import { ListeningSocket } from "./listening_socket.ts";
import type { OwnSockets } from "./own_sockets.ts";
import { RecurringTrouble } from "./recurring_trouble.ts";
import { Reply } from "../wire/protocol.ts";
import type { SavedClient } from "./saved_clients.ts";
import type { Health, Recording, Rotate, Schedules, SessionHost, Upgrade } from "./session.ts";
import { Turns } from "./turns.ts";

/** Options of `ControlServer`. */
export interface ControlServerOptions {
  /** The current overview, for queries. */
  readonly overview: () => Overview;
  /** The facts that clients can subscribe to. @default none */
  readonly events?: EventSource;
  /** Writes a line to the daemon's log. */
  readonly log: Log;
  /** Makes sockets that outlive the program. @default none: connections end with the program */
  readonly sockets?: OwnSockets;
  /** Where to save the clients. @default nowhere */
  readonly store?: StateStore;
  /** Lets another program take over. @default every upgrade is refused */
  readonly upgrade?: Upgrade;
  /** Rotates the log of a service. @default no log is rotated */
  readonly rotate?: Rotate;
  /** The health of services. @default nothing watches it */
  readonly health?: Health;
  /** Replaces processes for recordings of permissions. @default nothing can be recorded */
  readonly record?: Recording;
  /** The schedules of services. @default there are none */
  readonly schedules?: Schedules;
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

/** How many connections get numbers before the saved state is changed. */
const NUMBERS_SAVED = 1024;

/** Serves the control protocol. No client can block the daemon or another client. */
export class ControlServer {
  readonly #host: SessionHost;
  readonly #log: Log;
  readonly #acceptRetryDelay: number;
  readonly #connections = new Set<Connection>();
  readonly #turns = new Turns();
  readonly #gate = new Gate();
  readonly #sockets: OwnSockets | undefined;
  readonly #store: StateStore | undefined;
  readonly #records: ClientRecords;
  /** The part with the descriptor of the counts of all connections. */
  readonly #countsPart: StatePart = { name: "counts", document: () => this.#sockets?.counts };
  #savedCounts: number | undefined;
  /** The part with the listening socket. */
  readonly #listenerPart: StatePart = { name: "listener", document: () => this.#listenerDocument() };
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
    const { overview, events, sockets, store, upgrade, rotate, health, record, schedules } = options;
    const logs: BufferedLogs = new BufferedLogs(manager, (service) => store?.changed(clearedPart, service));
    const clearedPart: StatePart = { name: "log-cleared", document: (service) => logs.cleared(service) };
    this.#host = {
      manager,
      hub: new EventHub(manager),
      logs,
      overview,
      events,
      upgrade,
      rotate,
      health,
      record,
      schedules,
    };
    this.#sockets = sockets;
    this.#store = store;
    this.#records = new ClientRecords(store);
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
    this.#serve(stream);
    if (this.#records.clients.next % NUMBERS_SAVED === 0) this.#store?.changed(this.#listenerPart, 0);
  }

  #serve(stream: ByteStream, saved?: SavedClient): void {
    const connection = new Connection(stream, this.#host, {
      log: this.#log,
      memory: this.#memory,
      turns: this.#turns,
      gate: this.#gate,
      records: this.#records,
      ended: (ended) => this.#connections.delete(ended),
      ending: (descriptor) => this.#sockets?.end(descriptor),
    }, saved);
    this.#connections.add(connection);
    const counts = this.#sockets?.counts;
    if (counts === this.#savedCounts) return;
    this.#savedCounts = counts;
    this.#store?.changed(this.#countsPart, 0);
  }

  /**
   * Continues for the clients of another program, and listens on its socket. Connections that are not open any more are
   * dropped. The services must be there already. Throws `SavedStateError` before anything has changed.
   *
   * @param options.refusal the answer for clients that wait for an upgrade: why there was none. @default it succeeded
   * @param options.withoutStrays connections that were accepted last, and that no state names, end. @default they go on
   */
  async restore(
    parts: SavedParts,
    { refusal, withoutStrays = false }: {
      readonly refusal?: string;
      readonly withoutStrays?: boolean;
    } = {},
  ): Promise<void> {
    const { readControl } = await typed(import("./saved_clients.ts"));
    const services = new Map([...this.#host.manager.services()].map((service) => [service.id, service]));
    const { listener, counts, clients, cleared } = readControl(
      parts,
      services,
      refusal === undefined ? { type: Reply.ACK } : { type: Reply.UPGRADE_REFUSED, reason: refusal },
    );
    for (const [service, times] of cleared) this.#host.logs.restore(service, times);
    this.#records.clients.reserve(listener?.clients ?? 1);
    if (counts !== undefined) this.#sockets?.takeCounts(counts);
    for (const client of clients) {
      const stream = client.counts === undefined
        ? undefined
        : this.#sockets?.takeConnection(client.descriptor, client.counts);
      if (stream === undefined) this.#records.forget(client);
      else this.#serve(stream, client);
    }
    if (listener === undefined) return;
    const { path, descriptor } = listener;
    this.#lastPath = path;
    if (descriptor === undefined) return;
    const strays = withoutStrays ? [] : this.#sockets?.takeStrays(path, descriptor) ?? [];
    for (const stream of strays) this.#serve(stream);
    // New connections come last: their counts must not get the places of those that continue.
    const own = this.#sockets?.takeListener(descriptor);
    if (own !== undefined) this.#listenOn(ListeningSocket.take(path, own));
  }

  /** The descriptors that another program needs to continue. */
  descriptors(): number[] {
    const listener = this.#socket?.descriptor;
    const { counts, connections = [] } = this.#sockets ?? {};
    return [listener, counts, ...connections].filter((descriptor) => descriptor !== undefined);
  }

  /** From now on no request is handled, and what was handled is saved. Input and new connections wait. */
  pause(): void {
    this.#gate.close();
    this.#records.step(() => {
      for (const connection of this.#connections) connection.moved();
    });
  }

  /** Ends a pause. */
  resume(): void {
    this.#gate.open();
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
    const socket = await ListeningSocket.open(path, this.#sockets);
    if (closes !== this.#closes) {
      socket.close();
      return;
    }
    this.#listenOn(socket);
  }

  #listenOn(socket: ListeningSocket): void {
    this.#socket = socket;
    this.#store?.changed(this.#listenerPart, 0);
    this.#accepting = this.#accept(socket);
  }

  #listenerDocument(): Plain | undefined {
    if (this.#lastPath === undefined) return undefined;
    const { next } = this.#records.clients;
    const clients = next - next % NUMBERS_SAVED + NUMBERS_SAVED;
    const descriptor = this.#socket?.descriptor;
    return { path: this.#lastPath, clients, ...(descriptor === undefined ? {} : { descriptor }) };
  }

  /** Stops at once; resolves when a new socket can be created at the same path. */
  #stopListening(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined) this.#store?.changed(this.#listenerPart, 0); // before the number is free
    const closed = socket?.close() ?? false;
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
