/** The events of services, sorted by the handles that they come for. */

import type { ServiceEventPacket } from "../control/wire/mod.ts";
import { Arrivals } from "./arrivals.ts";
import type { ControlClient } from "./control_client.ts";

/**
 * The events of services, kept for each until somebody asks for them: the first one may come right behind the reply that
 * tells the handle.
 */
export class HandleEvents {
  readonly #queues = new Map<number, Arrivals<ServiceEventPacket>>();
  #ended = false;

  /** The client's events go here from now on. */
  constructor(client: ControlClient) {
    client.onEvent = (event) => this.queue(event.handle).add(event);
    void client.closed.then(() => this.#end());
  }

  /** The events of the service of a handle, from the moment the handle was made. They end with the connection. */
  queue(handle: number): Arrivals<ServiceEventPacket> {
    let queue = this.#queues.get(handle);
    if (queue === undefined) {
      queue = new Arrivals();
      if (this.#ended) queue.end();
      this.#queues.set(handle, queue);
    }
    return queue;
  }

  /** The handle is closed: the daemon may give its number to another service. */
  forget(handle: number): void {
    this.#queues.get(handle)?.end();
    this.#queues.delete(handle);
  }

  #end(): void {
    this.#ended = true;
    for (const queue of this.#queues.values()) queue.end();
  }
}
