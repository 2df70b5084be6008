/** What the daemon keeps for one client, apart from its bytes: handles and subscriptions. */

import type { Overview } from "../../model/mod.ts";
import type { BufferedLogs } from "./buffered_logs.ts";
import type { ControlledManager, ControlledService } from "./controlled_manager.ts";
import type { EventHub } from "./event_hub.ts";
import type { EventSource } from "./event_source.ts";
import { HandleTable } from "./handle_table.ts";
import { type EventOutput, Subscriptions, type Wish } from "./subscriptions.ts";

/** The daemon, as all sessions see it. */
export interface SessionHost {
  readonly manager: ControlledManager;
  readonly hub: EventHub;
  readonly logs: BufferedLogs;
  /** The whole system at this moment. */
  readonly overview: () => Overview;
  /** `undefined`: nobody can subscribe to facts. */
  readonly events: EventSource | undefined;
}

/** How many handles one connection can have: many times the services of a large system. */
const HANDLE_LIMIT = 65_536;

/** About as much as so many handles is kept for one subscription, with its names. */
const SUBSCRIPTION_WEIGHT = 8;

/** One client's handles and subscriptions. A handle subscribes its connection to the events of the service. */
export class Session {
  readonly host: SessionHost;
  readonly #sink: EventOutput;
  readonly #handles = new HandleTable(HANDLE_LIMIT);
  readonly #subscriptions: Subscriptions | undefined;
  readonly #handlesChanged: (by: number) => void;

  /** Whether the client has asked for extensions: without that, their requests are unknown ones. */
  extensions = false;

  /**
   * @param sink gets the events
   * @param handlesChanged called with the number of handles that have been opened, or closed if it is negative
   */
  constructor(host: SessionHost, sink: EventOutput, handlesChanged: (by: number) => void) {
    this.host = host;
    this.#sink = sink;
    this.#subscriptions = host.events && new Subscriptions(host.events, sink);
    this.#handlesChanged = handlesChanged;
  }

  /** The service that a handle stands for; `undefined` for a number that is not an open handle. */
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

  /** Whether another client, too, has a handle to a service that this one has a handle to. */
  isShared(service: ControlledService): boolean {
    return this.host.hub.holderCount(service) > 1;
  }

  /** Subscribes to changes of the environment. */
  listenToEnvironment(): void {
    this.host.hub.listenToEnvironment(this.#sink);
  }

  /** Begins to send facts and returns the number of the subscription; `undefined`: there are none. Throws `LimitError`. */
  subscribe(wish: Wish): number | undefined {
    const number = this.#subscriptions?.open(wish);
    if (number !== undefined) this.#handlesChanged(SUBSCRIPTION_WEIGHT);
    return number;
  }

  /** Ends a subscription; false if there is none with this number. */
  unsubscribe(number: number): boolean {
    const existed = this.#subscriptions?.close(number) ?? false;
    if (existed) this.#handlesChanged(-SUBSCRIPTION_WEIGHT);
    return existed;
  }

  /** Resolves when more facts have been sent; `undefined` if there are no more to send. */
  get pending(): Promise<void> | undefined {
    return this.#subscriptions?.pending;
  }

  /** Gives back all handles and subscriptions. */
  leave(): void {
    this.host.hub.leave(this.#sink, this.#handles.services());
    this.#handlesChanged(-this.#handles.count - SUBSCRIPTION_WEIGHT * (this.#subscriptions?.count ?? 0));
    this.#handles.clear();
    this.#subscriptions?.clear();
  }
}
