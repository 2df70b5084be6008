/** The public facts about a service at one moment. */

import type { FileTime } from "./description.ts";
import type { WaitStatus } from "./exit_status.ts";
import type { TimerDocument } from "./schedule_status.ts";
import type { HealthDocument } from "./health_status.ts";
import type { ServiceType } from "./service_types.ts";
import type { ServiceState, StopReason, TargetState } from "./states.ts";

/** The facts of a status buffer (control protocol 8). */
export interface ServiceStatus {
  /** Where the service is on its way up or down. */
  readonly state: ServiceState;
  /** Where it is meant to be. */
  readonly target: TargetState;
  /** It waits for the console, which another service or the log has. */
  readonly waitingForConsole: boolean;
  /** It has the console. */
  readonly holdingConsole: boolean;
  /** The start was skipped by an interrupt (`options = skippable`). */
  readonly skipped: boolean;
  /** Explicitly activated, not only needed by dependents. */
  readonly explicit: boolean;
  /** Why it stopped last. */
  readonly reason: StopReason;
  /** The process, if there is one now. */
  readonly pid: number | undefined;
  /** Where the last launch failed; meaningful with reason EXECFAILED. */
  readonly launchStage: number;
  /** The error number of the last failed launch; meaningful with reason EXECFAILED. */
  readonly launchErrno: number;
  /** The reason of the last failed launch in words, if these say more than the error number. @default absent */
  readonly launchText?: string;
  /** Why it was unhealthy; only with reason UNHEALTHY. @default absent */
  readonly unhealthy?: string;
  /** The memory in bytes that its processes needed more than, so that the system ended one. @default absent */
  readonly outOfMemory?: number;
  /** How the last process ended. */
  readonly exit: WaitStatus;
  /** When the description was last changed, as of its last (re)load. */
  readonly modified: FileTime;
}

/**
 * A part of the buffered output of a service. Offsets count the bytes that the buffer has received since it was
 * created.
 */
export interface BufferedOutput {
  /** The part itself. */
  readonly bytes: Uint8Array;
  /** The offset after the part. */
  readonly end: number;
}

/** Which part of a log buffer to read, and whether to clear it. */
export interface BufferReading {
  /** Clears the buffer afterwards. @default false */
  readonly clear?: boolean;
  /** Only bytes from this offset. @default 0 */
  readonly after?: number;
}

/** Why a service failed last, as far as it is known. */
export interface FailureReport {
  /** Wall clock time in milliseconds since 1970. */
  readonly time: number;
  /**
   * The last lines that the process wrote, without colours, each cut to 200 characters. Control characters are made
   * visible.
   */
  readonly output: readonly string[];
  /**
   * The restart limit that it has reached; the interval is in milliseconds. @default absent, the limit was not reached
   */
  readonly limit?: RestartLimit;
  /** The program of its command that could not be executed. @default absent, it could be executed */
  readonly program?: string;
  /** What to change in its description, in words. @default absent, the output does not tell */
  readonly advice?: string;
  /** Its output is not kept, so there are no last lines. @default absent, it is kept */
  readonly unkept?: UnkeptOutput;
}

/** Where output goes that the daemon does not keep. */
export interface UnkeptOutput {
  /** The service that reads it. @default absent, nobody does */
  readonly consumer?: string;
}

/** Why there are no last lines of output. */
export function unkeptText({ consumer }: UnkeptOutput): string {
  if (consumer !== undefined) return `it goes to service ${consumer}`;
  return "it is not kept; 'log-type = buffer' or 'logfile = PATH' keeps it";
}

/** The number of automatic restarts allowed within an interval, in milliseconds. */
export interface RestartLimit {
  /** How many automatic restarts are allowed. */
  readonly restarts: number;
  /** The interval in milliseconds. */
  readonly interval: number;
}

/** What happened to a service that has reached its limit: `given up after 3 restarts in 10 s`. */
export function restartLimitText({ restarts, interval }: RestartLimit): string {
  return `given up after ${restarts} ${restarts === 1 ? "restart" : "restarts"} in ${interval / 1000} s`;
}

/** One service in the overview of the whole system. */
export interface ServiceOverview extends ServiceStatus {
  /** The full name of the service. */
  readonly name: string;
  /** What kind of service it is. */
  readonly type: ServiceType;
  /** Wall clock time when the current state was entered, in milliseconds since 1970. */
  readonly since: number;
  /** Full names of the services (or `console`) that block its start or stop. */
  readonly waitingFor: readonly string[];
  /** The path of its log file, absolute if the daemon knows its directory. @default absent, it has no log file */
  readonly logFile?: string;
  /** Why it failed last. @default absent, it has not failed since it was loaded, or nothing is known about why */
  readonly failure?: FailureReport;
  /**
   * Why it is down and stays down: `restart-limit`, `recovery-failed`, `start-failed`, `exec-failed`, `timed-out`,
   * `dependency-failed` or `terminated`. @default absent, it has not failed
   */
  readonly cause?: string;
  /** When its restart delay is over, in milliseconds since 1970. @default absent, no restart waits for that */
  readonly retryAt?: number;
  /** What is known of its health. @default absent, nothing watches it */
  readonly health?: HealthDocument;
  /** Its schedule. @default absent, it has none */
  readonly timer?: TimerDocument;
  /** How often it was restarted automatically (restarts and recoveries) since it was loaded. */
  readonly restarts: number;
}

/**
 * When a service reached the steps of its last activation, in milliseconds since 1970. A step is absent if the service
 * has not reached it, or its type does not have it.
 */
export interface ServiceTimes {
  /** The full name of the service. */
  readonly name: string;
  /** It got its first claim, and began to wait for its dependencies. */
  readonly asked: number;
  /** It waited for no dependency any more. */
  readonly unblocked: number | undefined;
  /** The service that it waited for last, or because of which it failed: look at this one if a start takes long. */
  readonly decidedBy: string | undefined;
  /** Its process was launched. */
  readonly launched: number | undefined;
  /** It was up. */
  readonly ready: number | undefined;
  /** It began to stop: by a command, because its process had ended, or because of a dependency. */
  readonly stopAsked: number | undefined;
  /** It had stopped. */
  readonly ended: number | undefined;
}

/**
 * Whether the keeper of logs works. `silent`: it has not answered for some seconds; `missing`: it does not run, and the
 * daemon holds the last output of services.
 */
export type LogKeeperState = "works" | "silent" | "missing";

/** The keeper of logs, as a part of the overview. */
export interface LogKeeperStatus {
  /** The process that keeps logs (`log-type = kept`). @default absent, there is none */
  readonly logKeeper?: number;
  /** Whether it works. @default absent, no log is kept */
  readonly logKeeperState?: LogKeeperState;
  /** How many keepers the daemon has replaced because they did not answer. @default absent, none */
  readonly silentLogKeepers?: number;
}

/** The whole system at one moment: what `dinit ctl status` without a service name shows. */
export interface Overview {
  /** The daemon itself. */
  readonly daemon: {
    readonly version: string;
    /** The release of dinit that the daemon is compatible with. */
    readonly compatibleWith: string;
    readonly pid: number;
    /** Milliseconds since the daemon started. */
    readonly uptime: number;
    /** The path of the control socket. */
    readonly socket: string;
    readonly shuttingDown: boolean;
    /**
     * The folder with the files of earlier starts, and the number of that of this start, if it is kept. @default absent,
     * none are kept
     */
    readonly starts?: { readonly folder: string; readonly own?: number };
  } & LogKeeperStatus;
  /** In load order. */
  readonly services: readonly ServiceOverview[];
}
