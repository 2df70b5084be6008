/**
 * The events of services by open handles, as every daemon sends them. The daemon does not number them: the feed counts.
 */

import type { ServiceEventPacket } from "../control/wire/mod.ts";
import { ServiceEvent } from "../model/states.ts";
import { NotLoadedError } from "./errors.ts";
import type { EventPosition, Feed, FeedOptions, FeedSink, ServiceChangeKind } from "./feed.ts";
import type { Handle, Handles } from "./handles.ts";
import { serviceInfo } from "./service_info.ts";

const KINDS: ReadonlyMap<number, ServiceChangeKind> = new Map([
  [ServiceEvent.STARTED, "started"],
  [ServiceEvent.STOPPED, "stopped"],
  [ServiceEvent.FAILEDSTART, "start-failed"],
  [ServiceEvent.STARTCANCELLED, "start-cancelled"],
  [ServiceEvent.STOPCANCELLED, "stop-cancelled"],
]);

/** The origin of a feed that counts itself. No daemon has it, so no stream can continue from its numbers. */
const COUNTED = 1;

/**
 * Holds a handle of each service, so that no other client can reload or unload it meanwhile. Services that are loaded
 * later are not included. The daemon keeps no events, so a feed that should continue begins with a gap.
 */
export class HandleFeed implements Feed {
  readonly ready: Promise<void>;
  readonly #handles: Handles;
  readonly #sink: FeedSink;
  readonly #watched = new Set<Handle>();
  #seq: number;
  #closed = false;

  constructor(handles: Handles, { services, since }: FeedOptions, sink: FeedSink) {
    this.#handles = handles;
    this.#sink = sink;
    this.#seq = since?.seq ?? 0;
    if (since !== undefined) this.#gap();
    this.ready = this.#begin(services);
  }

  get position(): EventPosition {
    return { origin: COUNTED, seq: this.#seq };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const watched = [...this.#watched];
    this.#watched.clear();
    await Promise.all(watched.map((handle) => this.#handles.close(handle)));
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
    if (this.#handles.isOpen(handle)) return; // the connection has ended
    if (this.#closed || !this.#watched.delete(handle)) return;
    this.#gap();
    await this.#watch(handle.name, false).catch((error) => this.#sink.fail(error));
  }

  #add(service: string, { event, status }: ServiceEventPacket): void {
    const kind = KINDS.get(event);
    if (kind === undefined) return;
    const info = status && serviceInfo({ ...status, name: service });
    this.#sink.put({
      kind: "service",
      seq: ++this.#seq,
      service,
      event: kind,
      ...(info === undefined ? {} : { reason: info.reason, status: info }),
      ...(info?.pid === undefined ? {} : { pid: info.pid }),
      ...(info?.exit === undefined ? {} : { exit: info.exit }),
    });
  }

  #gap(): void {
    this.#sink.put({ kind: "gap", seq: ++this.#seq });
  }
}
