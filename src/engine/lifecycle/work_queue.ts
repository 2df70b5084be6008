import type { ServiceRecord } from "../graph/record.ts";

/**
 * Services that wait for something to be done with them, last in, first out. A service that is already queued
 * stays where it is (lifecycle 2). Whether it is queued is noted in its record: a set of this size would cost more
 * than the work.
 */
export class WorkQueue {
  readonly #stack: ServiceRecord[] = [];
  readonly #name: keyof ServiceRecord["queued"];

  constructor(name: keyof ServiceRecord["queued"]) {
    this.#name = name;
  }

  add(service: ServiceRecord): void {
    if (service.queued[this.#name]) return;
    service.queued[this.#name] = true;
    this.#stack.push(service);
  }

  /** Takes the service that was added last; `undefined` if the queue is empty. */
  take(): ServiceRecord | undefined {
    const service = this.#stack.pop();
    if (service !== undefined) service.queued[this.#name] = false;
    return service;
  }
}
