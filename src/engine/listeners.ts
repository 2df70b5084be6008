import type { ServiceEvent } from "../model/mod.ts";
import type { EnvironmentListener, ServiceListener } from "./ports.ts";
import type { ServiceRecord } from "./graph/record.ts";

/** The listeners for events of services and for changes of the environment. */
export class Listeners {
  readonly #services = new Map<ServiceRecord, Set<ServiceListener>>();
  readonly #environment = new Set<EnvironmentListener>();

  add(service: ServiceRecord, listener: ServiceListener): void {
    const listeners = this.#services.get(service);
    if (listeners === undefined) this.#services.set(service, new Set([listener]));
    else listeners.add(listener);
  }

  remove(service: ServiceRecord, listener: ServiceListener): void {
    const listeners = this.#services.get(service);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.#services.delete(service);
  }

  /** Removes all listeners of a service. */
  forget(service: ServiceRecord): void {
    this.#services.delete(service);
  }

  emit(service: ServiceRecord, event: ServiceEvent): void {
    const listeners = this.#services.get(service);
    if (listeners === undefined) return;
    for (const listener of listeners) listener.serviceEvent(service, event);
  }

  addEnvironment(listener: EnvironmentListener): void {
    this.#environment.add(listener);
  }

  removeEnvironment(listener: EnvironmentListener): void {
    this.#environment.delete(listener);
  }

  environmentChanged(name: string, value: string | undefined, replaced: boolean): void {
    for (const listener of this.#environment) listener.environmentChanged(name, value, replaced);
  }
}
