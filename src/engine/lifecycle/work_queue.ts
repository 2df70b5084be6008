import { type ServiceRecord, takeWork, type Work } from "../graph/record.ts";

/**
 * Services that wait for something to be done with them, last in, first out. A service that is already queued
 * stays where it is (lifecycle 2). Whether it is queued is noted in its record: a set of this size would cost more
 * than the work.
 */
export class WorkQueue {
  readonly #stack: ServiceRecord[] = [];
  readonly #mark: Work;

  /** `mark` is the bit that notes that a service is in this queue. */
  constructor(mark: Work) {
    this.#mark = mark;
  }

  add(service: ServiceRecord): void {
    if ((service.work & this.#mark) !== 0) return;
    service.work |= this.#mark;
    this.#stack.push(service);
  }

  /** Takes the service that was added last; `undefined` if the queue is empty. */
  take(): ServiceRecord | undefined {
    const service = this.#stack.pop();
    if (service !== undefined) takeWork(service, this.#mark);
    return service;
  }
}
