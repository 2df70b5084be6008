/** The events of services, as a stream. */

import { Request, type ServiceEventPacket } from "../control/wire/mod.ts";
import { ServiceEvent } from "../model/mod.ts";
import { unlessAborted } from "./abort.ts";
import { Arrivals } from "./arrivals.ts";
import { NotLoadedError } from "./errors.ts";
import type { Handle, Handles } from "./handles.ts";
import { type ServiceInfo, serviceInfo } from "./service_info.ts";

/** The kinds of events of a service. */
export type ServiceChangeKind = "started" | "stopped" | "start-failed" | "start-cancelled" | "stop-cancelled";

/** An event of a service. */
export interface ServiceChange {
  /** Distinguishes a change from a gap. */
  readonly kind: "service";
  /** The number of the event: `since` of a later stream. */
  readonly seq: number;
  /** The full name of the service. */
  readonly service: string;
  /** The event. */
  readonly event: ServiceChangeKind;
  /** The service directly after the event. @default absent, with daemons of protocol 1 to 4 */
  readonly status?: ServiceInfo;
}

/** Events may be missing here: the program should look at the services again. */
export interface EventGap {
  /** Distinguishes a gap from a change. */
  readonly kind: "gap";
  /** The number of the gap: `since` of a later stream. */
  readonly seq: number;
}

/** One item of an `EventStream`. */
export type ClientEvent = ServiceChange | EventGap;

/** The options of a stream. */
export interface EventOptions {
  /** The full names of services, which are loaded if necessary. @default all that are loaded when the stream begins */
  readonly services?: readonly string[];
  /**
   * The `seq` of the last event that the program has seen: the stream goes on behind it. Where events of that time are
   * not to be had any more, it begins with a gap. @default the stream begins now
   */
  readonly since?: number;
  /** Ends the stream; the loop throws its reason. @default nothing does */
  readonly signal?: AbortSignal;
}

/** How many events may wait for a slow reader: beyond that, the oldest are dropped, and a gap replaces them. */
const WAITING_LIMIT = 10_000;

const KINDS: ReadonlyMap<number, ServiceChangeKind> = new Map([
  [ServiceEvent.STARTED, "started"],
  [ServiceEvent.STOPPED, "stopped"],
  [ServiceEvent.FAILEDSTART, "start-failed"],
  [ServiceEvent.STARTCANCELLED, "start-cancelled"],
  [ServiceEvent.STOPCANCELLED, "stop-cancelled"],
]);

/**
 * Events of services in order, for a `for await` loop. The stream begins when it is made, not with the loop. It ends
 * with the loop, with `close` or with `await using`. While it is open, other clients cannot reload or unload the
 * services; this client can, and a gap reports it. The loop throws `ControlError` when the connection ends.
 *
 * The daemon numbers no events yet: `seq` counts those of one stream, and a stream with `since` begins with a gap.
 */
export class EventStream implements AsyncIterableIterator<ClientEvent>, AsyncDisposable {
  /** Resolves when the stream watches all its services: it contains all events from then on. Rejects if it cannot. */
  readonly ready: Promise<void>;
  readonly #handles: Handles;
  readonly #signal: AbortSignal | undefined;
  readonly #watched = new Set<Handle>();
  readonly #events = new Arrivals<ClientEvent>();
  #failure: unknown;
  #seq: number;
  #closed = false;

  /** @ignore `Client.events` and `Service.events` create them. */
  constructor(handles: Handles, { services, since, signal }: EventOptions) {
    this.#handles = handles;
    this.#signal = signal;
    this.#seq = since ?? 0;
    if (since !== undefined) this.#gap();
    this.ready = this.#begin(services);
    this.ready.catch((error) => this.#fail(error));
    void handles.client.closed.then(() => this.#fail(undefined));
  }

  /** The next event, when it arrives. */
  async next(): Promise<IteratorResult<ClientEvent, undefined>> {
    const event = await unlessAborted(this.#events.next(), this.#signal).catch(async (reason) => {
      await this.close();
      throw reason;
    });
    if (event !== undefined) return { done: false, value: event };
    if (this.#closed) return { done: true, value: undefined };
    await this.close();
    if (this.#failure !== undefined) throw this.#failure;
    await this.#handles.client.request({ type: Request.QUERYVERSION }); // reports how the connection has ended
    return { done: true, value: undefined };
  }

  /** Ends the stream, as when a `for await` loop ends. */
  async return(): Promise<IteratorResult<ClientEvent, undefined>> {
    await this.close();
    return { done: true, value: undefined };
  }

  /** Ends the stream. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#events.end();
    const watched = [...this.#watched];
    this.#watched.clear();
    await Promise.all(watched.map((handle) => this.#handles.close(handle)));
  }

  /** The stream itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends the stream. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #begin(services: readonly string[] | undefined): Promise<void> {
    if (services !== undefined) {
      await Promise.all(services.map((name) => this.#watch(name, true)));
      return;
    }
    const listed = await this.#handles.client.list();
    await Promise.all(listed.map(({ name }) => this.#watch(name, false)));
  }

  /** A service of the list may already be unloaded. */
  async #watch(name: string, load: boolean): Promise<void> {
    try {
      const handle = await this.#handles.open(name, load);
      if (this.#closed) return await this.#handles.close(handle);
      this.#watched.add(handle);
      void this.#pass(handle);
    } catch (error) {
      if (load || !(error instanceof NotLoadedError)) throw error;
    }
  }

  /**
   * Passes on the events of one handle until it is closed. If a reload has ended the handle, continues with another
   * one.
   */
  async #pass(handle: Handle): Promise<void> {
    for (let packet; (packet = await handle.events.next()) !== undefined;) this.#add(handle.name, packet);
    if (this.#closed || !this.#watched.delete(handle)) return;
    this.#gap();
    await this.#watch(handle.name, false).catch((error) => this.#fail(error));
  }

  #add(service: string, { event, status }: ServiceEventPacket): void {
    const kind = KINDS.get(event);
    if (kind === undefined) return;
    this.#put({
      kind: "service",
      seq: ++this.#seq,
      service,
      event: kind,
      ...(status === undefined ? {} : { status: serviceInfo({ ...status, name: service }) }),
    });
  }

  #gap(): void {
    this.#put({ kind: "gap", seq: ++this.#seq });
  }

  #put(event: ClientEvent): void {
    if (this.#closed) return;
    if (this.#events.waiting.length >= WAITING_LIMIT) {
      this.#events.clear();
      this.#events.add({ kind: "gap", seq: event.seq - 1 });
    }
    this.#events.add(event);
  }

  /** Nothing more will come. */
  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#events.end();
  }
}
