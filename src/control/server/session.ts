/** The state of one client, apart from its bytes: handles and subscriptions. */

import type { HealthDocument } from "../../model/health_status.ts";
import type { RunsDocument, TimerDocument } from "../../model/schedule_status.ts";
import type { Overview } from "../../model/mod.ts";
import type { Plain } from "../../model/saving.ts";
import type { BufferedLogs } from "./buffered_logs.ts";
import type { ControlledManager, ControlledService } from "./controlled_manager.ts";
import type { ClientRecords } from "./client_records.ts";
import type { EventHub } from "./event_hub.ts";
import type { EventSource } from "./event_source.ts";
import { HandleTable } from "./handle_table.ts";
import { type EventOutput, type SavedPosition, Subscriptions, type Wish } from "./subscriptions.ts";

/** The daemon, as all sessions see it. */
export interface SessionHost {
  readonly manager: ControlledManager;
  readonly hub: EventHub;
  readonly logs: BufferedLogs;
  /** The current overview. */
  readonly overview: () => Overview;
  /** `undefined`: nobody can subscribe to facts. */
  readonly events: EventSource | undefined;
  /** Lets another program take over; resolves with the reason if that is refused. */
  readonly upgrade: Upgrade | undefined;
  /** Rotates the log of a service; `undefined`: no log is rotated. */
  readonly rotate: Rotate | undefined;
  /** The health of services; `undefined`: nothing watches it. */
  readonly health: Health | undefined;
  /** Replaces processes for recordings; `undefined`: nothing can be recorded. */
  readonly record: Recording | undefined;
  /** The schedules of services; `undefined`: there are none. */
  readonly schedules: Schedules | undefined;
}

/** The schedules of services. */
export interface Schedules {
  documents(): TimerDocument[];
  /** The last runs of a service by its id; `undefined`: it has no schedule. */
  runs(id: number): RunsDocument | undefined;
}

/**
 * Replaces the process of a service by one that asks the permission broker beside the control socket (`begins`), or by
 * an ordinary one. False: the service is not up.
 */
export type Recording = (service: ControlledService, begins: boolean) => boolean;

/** The health of services. */
export interface Health {
  /** That of all services that are watched. */
  documents(): HealthDocument[];
  /** Begins a check of a service. False: it has none, or does not run. */
  runNow(id: number): boolean;
}

/**
 * Rotates the log of a service. Resolves with the result, and with `undefined` if it has no log that dinit rotates.
 * `small`: nothing could be cut off.
 */
export type Rotate = (
  service: ControlledService,
) => Promise<"rotated" | "small" | { readonly problem: string } | undefined>;

/** The request for an upgrade. */
export interface UpgradeRequest {
  /** The path of the new program; `undefined`: the file of the running program. */
  readonly program: string | undefined;
  /** Only check whether it would be possible. */
  readonly checkOnly: boolean;
}

/**
 * Lets another program take over. Resolves with the reason if that is refused, and `undefined` if a check succeeded.
 * After a successful upgrade the other program replies.
 */
export type Upgrade = (request: UpgradeRequest) => Promise<string | undefined>;

/** The saved handles and subscriptions of a client. */
export interface SavedSession {
  readonly extensions: boolean;
  readonly environment: boolean;
  /** In the order of opening. */
  readonly handles: readonly {
    readonly serial: number;
    readonly handle: number;
    readonly service: ControlledService;
  }[];
  /** The number of the next subscription. */
  readonly opened: number;
  readonly subscriptions:
    readonly (SavedPosition & { readonly serial: number; readonly services: readonly string[] })[];
}

/** Where the changes of a session are saved. */
export interface SessionRecords {
  readonly records: ClientRecords;
  /** The number of the connection. */
  readonly client: number;
}

/** The largest number of handles of one connection: many times the services of a large system. */
const HANDLE_LIMIT = 65_536;

/** One subscription, with its names, needs about as much memory as this many handles. */
const SUBSCRIPTION_WEIGHT = 8;

/** One client's handles and subscriptions. A handle subscribes its connection to the events of the service. */
export class Session {
  readonly host: SessionHost;
  readonly #sink: EventOutput;
  readonly #handles = new HandleTable(HANDLE_LIMIT);
  readonly #subscriptions: Subscriptions | undefined;
  readonly #handlesChanged: (by: number) => void;
  readonly #saving: SessionRecords | undefined;
  /** The numbers of the saved documents of the subscriptions. */
  readonly #serials = new Map<number, number>();

  /** Whether the client has asked for extensions: otherwise their requests are unknown. */
  extensions = false;
  /** Whether the client hears changes of the environment. */
  environment = false;

  /**
   * @param sink receives the events
   * @param handlesChanged called with the change of the number of handles, which may be negative
   * @param saving `undefined`: nothing is saved
   */
  constructor(
    host: SessionHost,
    sink: EventOutput,
    handlesChanged: (by: number) => void,
    saving?: SessionRecords,
  ) {
    this.host = host;
    this.#sink = sink;
    this.#subscriptions = host.events && new Subscriptions(host.events, sink);
    this.#handlesChanged = handlesChanged;
    this.#saving = saving;
  }

  /** Continues a session of another program. */
  restore({ extensions, environment, handles, opened, subscriptions }: SavedSession): void {
    this.extensions = extensions;
    if (environment) this.listenToEnvironment();
    for (const { serial, handle, service } of handles) {
      this.#handles.restore(handle, service);
      this.#begin(handle, service, serial);
    }
    for (const { serial, number, services } of subscriptions) {
      this.#saveSubscription(number, services, serial);
    }
    this.#subscriptions?.restore(opened, subscriptions);
    this.#handlesChanged(SUBSCRIPTION_WEIGHT * subscriptions.length);
  }

  /** The positions of the subscriptions in saved state. */
  get positions(): Plain | undefined {
    return this.#subscriptions?.positions;
  }

  /** The service of a handle; `undefined` if the handle is not open. */
  service(handle: number): ControlledService | undefined {
    return this.#handles.get(handle);
  }

  /** Opens one more handle to a service. Throws `LimitError`. */
  open(service: ControlledService): number {
    const handle = this.#handles.open(service);
    this.#begin(handle, service, this.#saving?.records.handles.next ?? 0);
    return handle;
  }

  #begin(handle: number, service: ControlledService, serial: number): void {
    this.host.hub.subscribe(service, this.#sink, handle);
    this.#handlesChanged(1);
    if (this.#saving === undefined) return;
    const { records, client } = this.#saving;
    records.handles.restore(serial, () => [client, handle, service.id]);
    this.#handles.save(handle, serial);
  }

  #saveSubscription(number: number, services: readonly string[], serial: number): void {
    if (this.#saving === undefined) return;
    const { records, client } = this.#saving;
    records.subscriptions.restore(serial, () => [client, number, ...services]);
    this.#serials.set(number, serial);
  }

  #forget(handle: number): void {
    this.#saving?.records.handles.remove(this.#handles.serial(handle));
    this.#handles.close(handle);
    this.#handlesChanged(-1);
  }

  /** Closes a handle; false if it is not open. */
  close(handle: number): boolean {
    const service = this.#handles.get(handle);
    if (service === undefined) return false;
    this.#forget(handle);
    this.host.hub.unsubscribe(service, this.#sink, handle);
    return true;
  }

  /** Closes every handle to a service. */
  closeAll(service: ControlledService): void {
    for (const handle of this.host.hub.unsubscribeAll(service, this.#sink)) this.#forget(handle);
  }

  /** Whether another client also has a handle to one of this client's services. */
  isShared(service: ControlledService): boolean {
    return this.host.hub.holderCount(service) > 1;
  }

  /** Subscribes to changes of the environment. */
  listenToEnvironment(): void {
    this.environment = true;
    this.host.hub.listenToEnvironment(this.#sink);
  }

  /** Begins to send facts and returns the number of the subscription; `undefined`: there are none. Throws `LimitError`. */
  subscribe(wish: Wish): number | undefined {
    const number = this.#subscriptions?.open(wish);
    if (number === undefined) return undefined;
    this.#handlesChanged(SUBSCRIPTION_WEIGHT);
    this.#saveSubscription(number, wish.services, this.#saving?.records.subscriptions.next ?? 0);
    return number;
  }

  /** Ends a subscription; false if there is none with this number. */
  unsubscribe(number: number): boolean {
    const existed = this.#subscriptions?.close(number) ?? false;
    if (!existed) return false;
    this.#handlesChanged(-SUBSCRIPTION_WEIGHT);
    this.#saving?.records.subscriptions.remove(this.#serials.get(number) ?? 0);
    this.#serials.delete(number);
    return true;
  }

  /** Resolves when more facts have been sent; `undefined` if there are no more to send. */
  get pending(): Promise<void> | undefined {
    return this.#subscriptions?.pending;
  }

  /** Closes all handles and subscriptions. */
  leave(): void {
    this.host.hub.leave(this.#sink, this.#handles.services());
    this.#handlesChanged(-this.#handles.count - SUBSCRIPTION_WEIGHT * (this.#subscriptions?.count ?? 0));
    if (this.#saving !== undefined) this.#forgetAll(this.#saving.records);
    this.environment = false;
    this.#handles.clear();
    this.#subscriptions?.clear();
  }

  #forgetAll({ handles, subscriptions }: ClientRecords): void {
    for (const handle of this.#handles.handles()) handles.remove(this.#handles.serial(handle));
    for (const serial of this.#serials.values()) subscriptions.remove(serial);
    this.#serials.clear();
  }
}
