/** The documents of services for programs. */

import { type KnownService, serviceInfo } from "../../client/steps.ts";
import type { ServiceInfo } from "../../client/library.ts";
import { causeText } from "../../model/cause_texts.ts";
import { sizeText } from "../../model/group_settings.ts";
import { errnoText, type HealthDocument } from "../../model/mod.ts";
import { launchStageText } from "../../model/states.ts";
import { restartLimitText } from "../../model/status.ts";
import type { Figures } from "../../insight/mod.ts";

/** A service: what the client library tells, with times in ISO 8601, and more. */
export interface WebServiceDocument extends ServiceInfo {
  /** Why it stays down. @default absent, it has not failed for good */
  readonly cause?: string;
  /** The same in words, with what is known about it. @default absent, it has not failed for good */
  readonly why?: string;
  /** When its restart delay is over. @default absent, it does not wait for that */
  readonly retryAt?: Date;
  /** What its settings say about the times of its runs, such as `every 900 s`. @default absent, it has no schedule */
  readonly schedule?: string;
  /** When its next run is due. @default absent, none is */
  readonly nextRun?: Date;
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
  const { cause, retryAt, health, unhealthy, outOfMemory, timer } = service;
  return {
    ...serviceInfo(service),
    ...(cause === undefined ? {} : { cause, why: whyText(service, cause) }),
    ...(retryAt === undefined ? {} : { retryAt: new Date(retryAt) }),
    ...(timer === undefined ? {} : { schedule: timer.schedule }),
    ...(timer?.next === undefined ? {} : { nextRun: new Date(timer.next) }),
    ...(health === undefined ? {} : { health }),
    ...(unhealthy === undefined ? {} : { unhealthy }),
    ...(outOfMemory === undefined ? {} : { outOfMemory }),
    ...(figures === undefined ? {} : { figures }),
  };
}

function whyText(service: KnownService, cause: string): string {
  const { failure, launchStage, launchErrno, launchText, outOfMemory } = service;
  const parts = [
    outOfMemory === undefined ? causeText(cause) : `out of memory (${sizeText(outOfMemory)})`,
    ...(cause === "exec-failed"
      ? [`${launchStageText(launchStage)}: ${launchText ?? errnoText(launchErrno)}`]
      : []),
    ...(failure?.limit === undefined ? [] : [restartLimitText(failure.limit)]),
  ];
  return parts.join(", ");
}
