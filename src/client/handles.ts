/** The handles that the library has open: one for each thing that it does, and closed behind it. */

import { Reply, Request, type ServiceEventPacket } from "../control/wire/mod.ts";
import { isValidServiceName } from "../model/mod.ts";
import type { Arrivals } from "./arrivals.ts";
import type { ControlClient } from "./control_client.ts";
import { LoadFailedError, NotLoadedError } from "./errors.ts";
import { HandleEvents } from "./handle_events.ts";
import { findRecord, loadRecord, type ServiceRecord } from "./lookup.ts";
import type { reloadService, unloadService } from "./requests.ts";

/** A handle of one service. */
export interface Handle {
  readonly name: string;
  /** The number on the wire. */
  readonly id: number;
  /** The service as it was when the handle was opened. */
  readonly record: ServiceRecord;
  /** The events since then. They end with the connection, or with the handle. */
  readonly events: Arrivals<ServiceEventPacket>;
}

/**
 * Opens and closes handles. A service that anybody holds cannot be reloaded or unloaded by others, so no handle stays
 * open longer than it is used. A reload or unload over this connection ends all its handles of that service; the daemon
 * ends a connection that uses a dead handle, so this keeps account of them.
 */
export class Handles {
  readonly client: ControlClient;
  readonly #events: HandleEvents;
  readonly #open = new Set<Handle>();
  /** Services that are being reloaded or unloaded: their handles may be dead by the time that a request arrives. */
  readonly #changing = new Map<string, Promise<void>>();
  /** How many times all handles of a service have ended together. */
  readonly #ends = new Map<string, number>();

  constructor(client: ControlClient) {
    this.client = client;
    this.#events = new HandleEvents(client);
  }

  /**
   * Opens a handle. Throws `LoadFailedError`, `NotLoadedError` or `ControlError`.
   *
   * @param load whether the service is loaded if it is not
   */
  async open(name: string, load: boolean): Promise<Handle> {
    // The daemon ends a connection that asks for a name which no service can have.
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

  /** Closes a handle, which may have ended. */
  async close(handle: Handle): Promise<void> {
    while (this.#changing.has(handle.name)) await this.#changing.get(handle.name);
    if (this.#open.delete(handle)) await this.closeNumber(handle.id);
  }

  /** Closes a handle that a reply has opened besides. */
  async closeNumber(id: number): Promise<void> {
    const reply = this.client.request({ type: Request.CLOSEHANDLE, handle: id });
    // The number may come back with the very next packet: its new events must find a new queue.
    await reply.then(() => this.#events.forget(id), () => {});
  }

  /**
   * Does something with a handle that is open only for this. The action must send its first request, if that changes
   * anything, before it awaits: until then the handle is known to be alive.
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

  /** A reload that has failed may have ended the handles or not. Unlike others, this request may have a dead handle. */
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
