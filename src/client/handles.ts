/** The open handles of the library: one for each operation, closed after it. */

import { Reply, Request, type ServiceEventPacket } from "../control/wire/mod.ts";
import { isValidServiceName } from "../model/names.ts";
import type { Arrivals } from "./arrivals.ts";
import type { ControlClient } from "./control_client.ts";
import { LoadFailedError, NotLoadedError } from "./errors.ts";
import { HandleEvents } from "./handle_events.ts";
import { findRecord, loadRecord, type ServiceRecord } from "./lookup.ts";
import type { reloadService, unloadService } from "./requests.ts";

/** A handle of one service. */
export interface Handle {
  readonly name: string;
  /** The number in packets. */
  readonly id: number;
  /** The service at the moment when the handle was opened. */
  readonly record: ServiceRecord;
  /** The events since then. They end with the connection, or with the handle. */
  readonly events: Arrivals<ServiceEventPacket>;
}

/**
 * Opens and closes handles. While any client has a handle to a service, others cannot reload or unload it, so a handle
 * is open only while it is used. A reload or unload over this connection ends all its handles of the service. The
 * daemon ends a connection that uses an ended handle, so this class keeps track of them.
 */
export class Handles {
  readonly client: ControlClient;
  readonly #events: HandleEvents;
  readonly #open = new Set<Handle>();
  /** Services that are being reloaded or unloaded: their handles may have ended when a request arrives. */
  readonly #changing = new Map<string, Promise<void>>();
  /** How often all handles of a service have ended together. */
  readonly #ends = new Map<string, number>();

  constructor(client: ControlClient) {
    this.client = client;
    this.#events = new HandleEvents(client);
  }

  /**
   * Opens a handle. Throws `LoadFailedError`, `NotLoadedError` or `ControlError`.
   *
   * @param load whether to load a service that is not loaded
   */
  async open(name: string, load: boolean): Promise<Handle> {
    // The daemon ends a connection that asks for an invalid name.
    if (!isValidServiceName(name) || name.includes("\0")) throw new LoadFailedError(name, "bad-name");
    for (;;) {
      while (this.#changing.has(name)) await this.#changing.get(name);
      const ends = this.#ends.get(name);
      const record = await (load ? loadRecord : findRecord)(this.client, name);
      if (record === undefined) throw new NotLoadedError(name);
      if (this.#ends.get(name) !== ends) continue;
      const handle = { name, id: record.handle, record, events: this.#events.queue(record.handle) };
      this.#open.add(handle);
      return handle;
    }
  }

  /** Whether the handle is open: neither closed, nor ended by a reload. */
  isOpen(handle: Handle): boolean {
    return this.#open.has(handle);
  }

  /** Closes a handle, which may already have ended. */
  async close(handle: Handle): Promise<void> {
    while (this.#changing.has(handle.name)) await this.#changing.get(handle.name);
    if (this.#open.delete(handle)) await this.closeNumber(handle.id);
  }

  /** Closes a handle that a reply has opened in addition. */
  async closeNumber(id: number): Promise<void> {
    const reply = this.client.request({ type: Request.CLOSEHANDLE, handle: id });
    // The very next packet may use the number again: its events need a new queue.
    await reply.then(() => this.#events.forget(id), () => {});
  }

  /**
   * Performs an action with a handle that is open only for this action. If the action changes something, it must send
   * its first request before it awaits: until then the handle is known to be open.
   */
  async use<T>(name: string, load: boolean, action: (handle: Handle) => Promise<T>): Promise<T> {
    for (;;) {
      const handle = await this.open(name, load);
      try {
        while (this.#changing.has(name)) await this.#changing.get(name);
        if (this.isOpen(handle)) return await action(handle);
      } finally {
        void this.close(handle);
      }
    }
  }

  /** The same for an action that changes nothing: it is repeated if the handle ends meanwhile. */
  async read<T>(name: string, load: boolean, action: (handle: Handle) => Promise<T>): Promise<T> {
    for (;;) {
      const outcome = await this.use(name, load, async (handle) => {
        try {
          return { value: await action(handle) };
        } catch (error) {
          if (this.isOpen(handle)) throw error;
          return undefined;
        }
      });
      if (outcome !== undefined) return outcome.value;
    }
  }

  /** Reloads or unloads a loaded service. Returns why the daemon refuses, if it does. Throws as `open` does. */
  change(name: string, ask: typeof reloadService | typeof unloadService): Promise<"in-use" | undefined> {
    return this.use(name, false, async (handle) => {
      const done = Promise.withResolvers<void>();
      this.#changing.set(name, done.promise);
      try {
        const refusal = await ask(this.client, handle.id);
        if (refusal === undefined || !await this.#isAlive(handle)) this.#endAll(name);
        return refusal;
      } finally {
        this.#changing.delete(name);
        done.resolve();
      }
    });
  }

  /** A failed reload may have ended the handles or not. This request, unlike others, may use an ended handle. */
  async #isAlive({ id }: Handle): Promise<boolean> {
    const reply = await this.client.request({ type: Request.SERVICESTATUS, handle: id });
    return reply.type === Reply.SERVICESTATUS;
  }

  #endAll(name: string): void {
    this.#ends.set(name, (this.#ends.get(name) ?? 0) + 1);
    for (const handle of this.#open) {
      if (handle.name !== name) continue;
      this.#open.delete(handle);
      this.#events.forget(handle.id);
    }
  }
}
