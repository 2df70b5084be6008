/** The state of one client, apart from its bytes: handles and subscriptions. */

import type { Overview } from "../../model/mod.ts";
import type { BufferedLogs } from "./buffered_logs.ts";
import type { ControlledManager, ControlledService } from "./controlled_manager.ts";
import type { EventHub, InformationSink } from "./event_hub.ts";
import { HandleTable } from "./handle_table.ts";

/** The daemon, as all sessions see it. */
export interface SessionHost {
  readonly manager: ControlledManager;
  readonly hub: EventHub;
  readonly logs: BufferedLogs;
  /** The current overview. */
  readonly overview: () => Overview;
}

/** The largest number of handles of one connection: many times the services of a large system. */
const HANDLE_LIMIT = 65_536;

/** The handles of one client. A handle subscribes its connection to the events of the service. */
export class Session {
  readonly host: SessionHost;
  readonly #sink: InformationSink;
  readonly #handles = new HandleTable(HANDLE_LIMIT);
  readonly #handlesChanged: (by: number) => void;

  /** Whether the client has asked for extensions: otherwise their requests are unknown. */
  extensions = false;

  /**
   * @param sink receives the events
   * @param handlesChanged called with the change of the number of handles, which may be negative
   */
  constructor(host: SessionHost, sink: InformationSink, handlesChanged: (by: number) => void) {
    this.host = host;
    this.#sink = sink;
    this.#handlesChanged = handlesChanged;
  }

  /** The service of a handle; `undefined` if the handle is not open. */
  service(handle: number): ControlledService | undefined {
    return this.#handles.get(handle);
  }

  /** Opens one more handle to a service. Throws `LimitError`. */
  open(service: ControlledService): number {
    const handle = this.#handles.open(service);
    this.host.hub.subscribe(service, this.#sink, handle);
    this.#handlesChanged(1);
    return handle;
  }

  /** Closes a handle; false if it is not open. */
  close(handle: number): boolean {
    const service = this.#handles.get(handle);
    if (service === undefined) return false;
    this.#handles.close(handle);
    this.host.hub.unsubscribe(service, this.#sink, handle);
    this.#handlesChanged(-1);
    return true;
  }

  /** Closes every handle to a service. */
  closeAll(service: ControlledService): void {
    for (const handle of this.host.hub.unsubscribeAll(service, this.#sink)) {
      this.#handles.close(handle);
      this.#handlesChanged(-1);
    }
  }

  /** Whether another client also has a handle to one of this client's services. */
  isShared(service: ControlledService): boolean {
    return this.host.hub.holderCount(service) > 1;
  }

  /** Subscribes to changes of the environment. */
  listenToEnvironment(): void {
    this.host.hub.listenToEnvironment(this.#sink);
  }

  /** Closes all handles and subscriptions. */
  leave(): void {
    this.host.hub.leave(this.#sink, this.#handles.services());
    this.#handlesChanged(-this.#handles.count);
    this.#handles.clear();
  }
}
