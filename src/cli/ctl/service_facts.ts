/** The facts of a service in the form of the documents that `--json` writes. */

import type { WireStatus } from "../../client/mod.ts";
import { type FailureReport, StopReason } from "../../model/mod.ts";
import type { ExitDocument, ServiceDocument, StateName, StopReasonName } from "./documents.ts";
import { hasFailed, launchFailure, stateName } from "./status_text.ts";

/** What is known of a service. A `ServiceOverview` of the model is one; daemons without extensions tell less. */
export interface KnownService extends WireStatus {
  readonly name: string;
  /** When the state was entered, in milliseconds since 1970. @default unknown */
  readonly since?: number;
  /** @default unknown */
  readonly waitingFor?: readonly string[];
  /** @default unknown */
  readonly restarts?: number;
  /** The path of its log file. @default it writes to none, or unknown */
  readonly logFile?: string;
  /** Why it failed last. @default it has not failed, or unknown */
  readonly failure?: FailureReport;
}

const REASONS: ReadonlyMap<number, StopReasonName> = new Map([
  [StopReason.NORMAL, "normal"],
  [StopReason.DEPRESTART, "dependency-restart"],
  [StopReason.DEPFAILED, "dependency-failed"],
  [StopReason.FAILED, "failed"],
  [StopReason.EXECFAILED, "exec-failed"],
  [StopReason.TIMEDOUT, "timed-out"],
  [StopReason.TERMINATED, "terminated"],
]);

const ENDINGS: ReadonlyMap<number, ExitDocument["how"]> = new Map([
  [1, "exited"],
  [2, "signalled"],
  [3, "dumped-core"],
]);

function failureDocument({ time, output, limit }: FailureReport): NonNullable<ServiceDocument["failure"]> {
  return { time: new Date(time).toISOString(), output, ...(limit === undefined ? {} : { limit }) };
}

/** The service as a document. */
export function serviceDocument(service: KnownService): ServiceDocument {
  const how = ENDINGS.get(service.exit.code);
  return {
    name: service.name,
    state: stateName(service.state) as StateName,
    target: stateName(service.target) as StateName,
    explicit: service.explicit,
    failed: hasFailed(service),
    reason: REASONS.get(service.reason) ?? "unknown",
    skipped: service.skipped,
    console: service.holdingConsole ? "holding" : service.waitingForConsole ? "waiting" : null,
    pid: service.pid ?? null,
    exit: how === undefined ? null : { how, status: service.exit.status },
    launch: service.reason === StopReason.EXECFAILED ? launchFailure(service) : null,
    ...(service.since === undefined ? {} : { since: new Date(service.since).toISOString() }),
    ...(service.restarts === undefined ? {} : { restarts: service.restarts }),
    ...(service.waitingFor === undefined ? {} : { waitingFor: service.waitingFor }),
    ...(service.logFile === undefined ? {} : { logFile: service.logFile }),
    ...(service.failure === undefined ? {} : { failure: failureDocument(service.failure) }),
  };
}
