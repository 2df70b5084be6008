/** The documents of services for programs. */

import { type KnownService, serviceInfo } from "../../client/steps.ts";
import type { ServiceInfo } from "../../client/library.ts";
import type { HealthDocument } from "../../model/mod.ts";
import type { Figures } from "../../insight/mod.ts";

/** A service: what the client library tells, with times in ISO 8601, and more. */
export interface WebServiceDocument extends ServiceInfo {
  /** Why it stays down. @default absent, it has not failed for good */
  readonly cause?: string;
  /** When its restart delay is over. @default absent, it does not wait for that */
  readonly retryAt?: Date;
  /** What is known of its health. @default absent, nothing watches it */
  readonly health?: HealthDocument;
  /** Why it was unhealthy when it stopped last. @default absent, that was not the reason */
  readonly unhealthy?: string;
  /**
   * The limit in bytes, if its last process was ended because it needed more memory. @default absent, that was not the
   * reason
   */
  readonly outOfMemory?: number;
  /** What it costs, with `figures=1`. @default absent, it has no processes */
  readonly figures?: Figures;
}

/** The document of a service. */
export function serviceDocument(service: KnownService, figures?: Figures): WebServiceDocument {
  const { cause, retryAt, health, unhealthy, outOfMemory } = service;
  return {
    ...serviceInfo(service),
    ...(cause === undefined ? {} : { cause }),
    ...(retryAt === undefined ? {} : { retryAt: new Date(retryAt) }),
    ...(health === undefined ? {} : { health }),
    ...(unhealthy === undefined ? {} : { unhealthy }),
    ...(outOfMemory === undefined ? {} : { outOfMemory }),
    ...(figures === undefined ? {} : { figures }),
  };
}
