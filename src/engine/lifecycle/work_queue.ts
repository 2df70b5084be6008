import type { ServiceRecord } from "../graph/record.ts";
import { takeWork, type Work } from "../graph/work.ts";

/**
 * A queue of services with work, last in, first out. A service that is already queued keeps its place (lifecycle 2).
 * Its record notes that it is queued, because a set of this size would cost more than the work.
 */
export class WorkQueue {
  readonly #stack: ServiceRecord[] = [];
  readonly #mark: Work;

  /** `mark` is the bit of the record for this queue. */
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
