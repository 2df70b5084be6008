/** The facts about a service, with words instead of the numbers of the protocol. */

import { hasFailed, type WireStatus } from "../control/wire/mod.ts";
import { type ServiceTypeName, serviceTypeRow } from "../model/service_types.ts";
import { ServiceState, StopReason } from "../model/states.ts";
import type { HealthDocument } from "../model/health_status.ts";
import type { TimerDocument } from "../model/schedule_status.ts";
import type { FailureReport } from "../model/status.ts";

/** The public state of a service. */
export type ServiceStateName = "stopped" | "starting" | "started" | "stopping";

/** Why a service stopped last. */
export type StopReasonName =
  | "normal"
  | "dependency-restart"
  | "dependency-failed"
  | "failed"
  | "exec-failed"
  | "timed-out"
  | "terminated"
  | "unhealthy"
  | "unknown";

/** How a process ended. */
export interface ProcessEnd {
  /** The way it ended. */
  readonly how: "exited" | "signalled" | "dumped-core";
  /** The exit status, 0 to 255, or the number of the signal. */
  readonly status: number;
}

/** Where and why a process could not be launched. */
export interface LaunchProblem {
  /** The number of the step (control protocol 10.3). */
  readonly stage: number;
  /** The error number of the system. */
  readonly errno: number;
  /** The reason in words, where these say more than the number. @default absent */
  readonly text?: string;
}

/** The last failure of a service. */
export interface ServiceFailure {
  /** When it failed. */
  readonly time: Date;
  /** The last lines of output, with control characters made visible. */
  readonly output: readonly string[];
  /** The restart limit that it has reached: a number of restarts in an interval in milliseconds. @default absent */
  readonly limit?: { readonly restarts: number; readonly interval: number };
  /** What to change in its description, in words. @default absent, the output does not tell */
  readonly advice?: string;
  /** Its output goes to a consumer, or nowhere, so there are no last lines. @default absent, it is kept */
  readonly unkept?: { readonly consumer?: string };
}

/** One service at one moment. Facts that the daemon does not provide are absent: dinit itself provides fewer. */
export interface ServiceInfo {
  /** The full name. */
  readonly name: string;
  /** The current state. */
  readonly state: ServiceStateName;
  /** The state in which it should end. */
  readonly target: "started" | "stopped";
  /** Whether it was explicitly activated, not only needed by others. */
  readonly explicit: boolean;
  /** Whether its start was skipped on request (`options = skippable`). */
  readonly skipped: boolean;
  /** Whether it is stopped because of a failure. */
  readonly failed: boolean;
  /** Why it stopped last. This is meaningful only while the service is stopped. */
  readonly reason: StopReasonName;
  /** Its relation to the console. @default absent, none */
  readonly console?: "holding" | "waiting";
  /** The process id. @default absent, it has no process */
  readonly pid?: number;
  /** How the last process ended. @default absent, none has ended */
  readonly exit?: ProcessEnd;
  /** Why the process could not be launched. @default absent, it could */
  readonly launch?: LaunchProblem;
  /** The type, as descriptions spell it. @default absent, unknown */
  readonly type?: ServiceTypeName;
  /** When it entered the state. @default absent, unknown */
  readonly since?: Date;
  /** What it waits for: full names of services, or `console`. @default absent, unknown */
  readonly waitingFor?: readonly string[];
  /** The number of automatic restarts since it was loaded. @default absent, unknown */
  readonly restarts?: number;
  /** The path of its log file. @default absent, it has none, or unknown */
  readonly logFile?: string;
  /** Why it failed last. @default absent, it has not failed since it was loaded, or unknown */
  readonly failure?: ServiceFailure;
}

/** The facts about a service, in numbers. A `ServiceOverview` of the model is one; dinit itself provides fewer. */
export interface KnownService extends WireStatus {
  readonly name: string;
  /** A `ServiceType`. @default unknown */
  readonly type?: number;
  /** When the state was entered, in milliseconds since 1970. @default unknown */
  readonly since?: number;
  /** @default unknown */
  readonly waitingFor?: readonly string[];
  /** @default unknown */
  readonly restarts?: number;
  /** Why it stays down. @default it has not failed, or unknown */
  readonly cause?: string;
  /** When its restart delay is over, in milliseconds since 1970. @default it does not wait for that, or unknown */
  readonly retryAt?: number;
  /** The path of its log file. @default it writes to none, or unknown */
  readonly logFile?: string;
  /** Why it failed last. @default it has not failed, or unknown */
  readonly failure?: FailureReport;
  /** What is known of its health. @default nothing watches it, or unknown */
  readonly health?: HealthDocument;
  /** Its schedule. @default it has none, or unknown */
  readonly timer?: TimerDocument;
  /** Why it was unhealthy when it stopped last. @default that was not the reason */
  readonly unhealthy?: string;
  /** The limit in bytes, if its last process was ended because it needed more memory. @default that was not the reason */
  readonly outOfMemory?: number;
}

const STATES: readonly ServiceStateName[] = ["stopped", "starting", "started", "stopping"];

const REASONS: ReadonlyMap<number, StopReasonName> = new Map([
  [StopReason.NORMAL, "normal"],
  [StopReason.DEPRESTART, "dependency-restart"],
  [StopReason.DEPFAILED, "dependency-failed"],
  [StopReason.FAILED, "failed"],
  [StopReason.EXECFAILED, "exec-failed"],
  [StopReason.TIMEDOUT, "timed-out"],
  [StopReason.TERMINATED, "terminated"],
  [StopReason.UNHEALTHY, "unhealthy"],
]);

const ENDINGS: ReadonlyMap<number, ProcessEnd["how"]> = new Map([
  [1, "exited"],
  [2, "signalled"],
  [3, "dumped-core"],
]);

/** The name of a stop reason of the protocol. */
export function stopReasonName(reason: number): StopReasonName {
  return REASONS.get(reason) ?? "unknown";
}

/** How the last process ended; `undefined` if none has ended, or a daemon of protocol 1 to 4 does not say. */
export function processEnd({ code, status }: WireStatus["exit"]): ProcessEnd | undefined {
  const how = ENDINGS.get(code);
  return how === undefined ? undefined : { how, status };
}

/** The same in words. */
export function serviceInfo(service: KnownService): ServiceInfo {
  const { name, explicit, skipped, waitingFor, restarts, logFile, since, failure } = service;
  return withoutUndefined({
    name,
    state: STATES[service.state] ?? "stopped",
    target: service.target === ServiceState.STARTED ? "started" : "stopped",
    explicit,
    skipped,
    failed: hasFailed(service),
    reason: stopReasonName(service.reason),
    console: service.holdingConsole ? "holding" : service.waitingForConsole ? "waiting" : undefined,
    pid: service.pid,
    exit: processEnd(service.exit),
    launch: launchProblem(service),
    type: service.type === undefined ? undefined : serviceTypeRow(service.type)?.name,
    since: since === undefined ? undefined : new Date(since),
    waitingFor,
    restarts,
    logFile,
    failure: failure === undefined ? undefined : { ...failure, time: new Date(failure.time) },
  });
}

function launchProblem({ reason, pid, launchStage, launchErrno, launchText }: KnownService) {
  if (reason !== StopReason.EXECFAILED || pid !== undefined) return undefined;
  return withoutUndefined<LaunchProblem>({ stage: launchStage, errno: launchErrno, text: launchText });
}

/** Unknown facts are absent. */
function withoutUndefined<T>(facts: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as T;
}

/** Whether a document of the daemon describes one service. */
export function isKnownService(answer: unknown): answer is KnownService {
  const service = answer as Partial<KnownService> | null | undefined;
  return typeof service?.name === "string" && typeof service.state === "number" &&
    typeof service.exit === "object" && service.exit !== null;
}
