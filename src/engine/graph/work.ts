import type { ServiceRecord } from "./record.ts";

/**
 * Queued work of a service, as bits of its `work`: work that was deferred to the propagation queue (lifecycle 3.12),
 * and the queues that contain the service. Bits save memory, because every service has them and few use them.
 */
export const Work = {
  CLAIM: 1,
  RELEASE: 2,
  FAIL: 4,
  START: 8,
  STOP: 16,
  IN_PROPAGATION: 32,
  IN_TRANSITIONS: 64,
} as const;
export type Work = (typeof Work)[keyof typeof Work];

/** Removes a piece of work from a service; false if it was not set. */
export function takeWork(service: ServiceRecord, work: Work): boolean {
  if ((service.work & work) === 0) return false;
  service.work &= ~work;
  return true;
}
