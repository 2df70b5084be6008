import type { ServiceRecord } from "./service.ts";

/**
 * Services that wait for something to be done with them, last in, first out. A service that is already queued
 * stays where it is (lifecycle 2).
 */
export class WorkQueue {
  readonly #stack: ServiceRecord[] = [];
  readonly #queued = new Set<ServiceRecord>();

  get isEmpty(): boolean {
    return this.#stack.length === 0;
  }

  add(service: ServiceRecord): void {
    if (this.#queued.has(service)) return;
    this.#queued.add(service);
    this.#stack.push(service);
  }

  /** Takes the service that was added last; `undefined` if the queue is empty. */
  take(): ServiceRecord | undefined {
    const service = this.#stack.pop();
    if (service !== undefined) this.#queued.delete(service);
    return service;
  }
}
