/** The events of services, sorted by handle. */

import type { ServiceEventPacket } from "../control/wire/mod.ts";
import { Arrivals } from "./arrivals.ts";
import type { ControlClient } from "./control_client.ts";

/**
 * Keeps the events of each handle until they are read: the first one may directly follow the reply that contains the
 * handle.
 */
export class HandleEvents {
  readonly #queues = new Map<number, Arrivals<ServiceEventPacket>>();
  #ended = false;

  /** From now on the client's events go here. */
  constructor(client: ControlClient) {
    client.onEvent = (event) => this.queue(event.handle).add(event);
    void client.closed.then(() => this.#end());
  }

  /** The events of the service of a handle, since the handle was opened. They end with the connection. */
  queue(handle: number): Arrivals<ServiceEventPacket> {
    let queue = this.#queues.get(handle);
    if (queue === undefined) {
      queue = new Arrivals();
      if (this.#ended) queue.end();
      this.#queues.set(handle, queue);
    }
    return queue;
  }

  /** The handle is closed: the daemon may use its number for another service. */
  forget(handle: number): void {
    this.#queues.get(handle)?.end();
    this.#queues.delete(handle);
  }

  #end(): void {
    this.#ended = true;
    for (const queue of this.#queues.values()) queue.end();
  }
}
