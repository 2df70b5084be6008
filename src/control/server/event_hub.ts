/** Which connections have handles to a service and therefore receive its events (control protocol 9 and 11). */

import { ENVIRONMENT_REPLACED, Information } from "../wire/protocol.ts";
import type { InformationPacket } from "../wire/layouts.ts";
import type { ServiceEvent } from "../../model/mod.ts";
import type {
  ControlledEnvironmentListener,
  ControlledManager,
  ControlledService,
  ControlledServiceListener,
} from "./controlled_manager.ts";

/** Receives the information packets for one connection. */
export interface InformationSink {
  inform(packet: InformationPacket): void;
}

/** The only listener of all control connections: it listens exactly to the services with open handles. */
export class EventHub implements ControlledServiceListener, ControlledEnvironmentListener {
  readonly #manager: ControlledManager;
  readonly #holders = new Map<ControlledService, Map<InformationSink, Set<number>>>();
  readonly #environmentListeners = new Set<InformationSink>();

  constructor(manager: ControlledManager) {
    this.#manager = manager;
  }

  /** A connection has opened a handle. */
  subscribe(service: ControlledService, sink: InformationSink, handle: number): void {
    let sinks = this.#holders.get(service);
    if (sinks === undefined) {
      sinks = new Map();
      this.#holders.set(service, sinks);
      this.#manager.addListener(service, this);
    }
    const handles = sinks.get(sink);
    if (handles === undefined) sinks.set(sink, new Set([handle]));
    else handles.add(handle);
  }

  /** A connection has closed a handle. */
  unsubscribe(service: ControlledService, sink: InformationSink, handle: number): void {
    const handles = this.#holders.get(service)?.get(sink);
    handles?.delete(handle);
    if (handles?.size === 0) this.#forget(service, sink);
  }

  /** Closes the handles of a connection to a service; returns them. */
  unsubscribeAll(service: ControlledService, sink: InformationSink): Iterable<number> {
    const handles = this.#holders.get(service)?.get(sink) ?? new Set();
    this.#forget(service, sink);
    return handles;
  }

  /** How many connections have handles to the service. */
  holderCount(service: ControlledService): number {
    return this.#holders.get(service)?.size ?? 0;
  }

  /** A connection subscribes to changes of the environment, until it leaves. */
  listenToEnvironment(sink: InformationSink): void {
    if (this.#environmentListeners.size === 0) this.#manager.addEnvironmentListener(this);
    this.#environmentListeners.add(sink);
  }

  /** A connection with handles to these services has ended. */
  leave(sink: InformationSink, services: Iterable<ControlledService>): void {
    for (const service of services) this.#forget(service, sink);
    if (this.#environmentListeners.delete(sink) && this.#environmentListeners.size === 0) {
      this.#manager.removeEnvironmentListener(this);
    }
  }

  /** Both forms of an event are sent for every handle, the newer form first. */
  serviceEvent(service: ControlledService, event: ServiceEvent): void {
    const sinks = this.#holders.get(service);
    if (sinks === undefined) return;
    const status = this.#manager.status(service);
    for (const [sink, handles] of sinks) {
      for (const handle of handles) {
        sink.inform({ type: Information.SERVICEEVENT5, handle, event, status });
        sink.inform({ type: Information.SERVICEEVENT, handle, event, status });
      }
    }
  }

  environmentChanged(name: string, value: string | undefined, replaced: boolean): void {
    const entry = value === undefined ? name : `${name}=${value}`;
    const flags = replaced ? ENVIRONMENT_REPLACED : 0;
    for (const sink of this.#environmentListeners) sink.inform({ type: Information.ENVEVENT, flags, entry });
  }

  #forget(service: ControlledService, sink: InformationSink): void {
    const sinks = this.#holders.get(service);
    if (sinks === undefined || !sinks.delete(sink) || sinks.size > 0) return;
    this.#holders.delete(service);
    this.#manager.removeListener(service, this);
  }
}
