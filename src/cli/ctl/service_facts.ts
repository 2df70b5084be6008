/** The facts of a service in the form of the `--json` documents. */

import { hasFailed } from "../../client/mod.ts";
import { type KnownService, processEnd, stopReasonName } from "../../client/steps.ts";
import { StopReason } from "../../model/states.ts";
import type { FailureReport } from "../../model/status.ts";
import type { ServiceDocument, StateName } from "./documents.ts";
import { launchFailure, stateName } from "./status_text.ts";

function failureDocument({ time, ...facts }: FailureReport): NonNullable<ServiceDocument["failure"]> {
  return { time: new Date(time).toISOString(), ...facts };
}

export type { KnownService };

/** The service as a document. */
export function serviceDocument(service: KnownService): ServiceDocument {
  return {
    name: service.name,
    state: stateName(service.state) as StateName,
    target: stateName(service.target) as StateName,
    explicit: service.explicit,
    failed: hasFailed(service),
    reason: stopReasonName(service.reason),
    skipped: service.skipped,
    console: service.holdingConsole ? "holding" : service.waitingForConsole ? "waiting" : null,
    pid: service.pid ?? null,
    exit: processEnd(service.exit) ?? null,
    launch: service.reason === StopReason.EXECFAILED ? launchFailure(service) : null,
    ...(service.since === undefined ? {} : { since: new Date(service.since).toISOString() }),
    ...(service.restarts === undefined ? {} : { restarts: service.restarts }),
    ...(service.waitingFor === undefined ? {} : { waitingFor: service.waitingFor }),
    ...(service.logFile === undefined ? {} : { logFile: service.logFile }),
    ...(service.health === undefined ? {} : { health: service.health }),
    ...(service.timer === undefined ? {} : { timer: service.timer }),
    ...(service.unhealthy === undefined ? {} : { unhealthy: service.unhealthy }),
    ...(service.outOfMemory === undefined ? {} : { outOfMemory: service.outOfMemory }),
    ...(service.failure === undefined ? {} : { failure: failureDocument(service.failure) }),
  };
}
