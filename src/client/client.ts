/** A connection to a daemon, for programs. */

import type { ControlClient } from "./control_client.ts";
import { type EventOptions, EventStream } from "./events.ts";
import { Handles } from "./handles.ts";
import { Service } from "./service.ts";
import { isKnownService, type ServiceInfo, serviceInfo } from "./service_info.ts";

/** A connection to a daemon. `connect` creates one. It is open until `close`, or until the daemon ends it. */
export class Client implements Disposable {
  readonly #control: ControlClient;
  readonly #handles: Handles;

  /** @ignore `connect` creates them. */
  constructor(control: ControlClient) {
    this.#control = control;
    this.#handles = new Handles(control);
  }

  /** The daemon's version of the control protocol. */
  get protocol(): number {
    return this.#control.version;
  }

  /** Resolves when the connection has ended, from either side. */
  get closed(): Promise<void> {
    return this.#control.closed;
  }

  /** All loaded services, in load order. Rejects with `ControlError`. */
  async services(): Promise<ServiceInfo[]> {
    const overview = await this.#control.query("overview") as
      | { readonly services?: unknown }
      | null
      | undefined;
    const known = overview?.services;
    if (Array.isArray(known) && known.every(isKnownService)) return known.map(serviceInfo);
    return (await this.#control.list()).map(({ name, status }) => serviceInfo({ ...status, name }));
  }

  /** A service by its full name, loaded or not. Sends nothing. */
  service(name: string): Service {
    return new Service(name, this.#handles);
  }

  /** The events of services from now on. */
  events(options: EventOptions = {}): EventStream {
    return new EventStream(this.#handles, options);
  }

  /** Ends the connection. Pending calls reject with `ControlError` of the kind `closed`. */
  close(): void {
    this.#control.close();
  }

  /** Ends the connection. */
  [Symbol.dispose](): void {
    this.close();
  }
}
