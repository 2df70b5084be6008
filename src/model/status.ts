/** What can be told about a service at one moment. */

import type { FileTime } from "./description.ts";
import type { WaitStatus } from "./exit_status.ts";
import type { ServiceState, ServiceType, StopReason, TargetState } from "./states.ts";

/** The facts of a status buffer (control protocol 8). */
export interface ServiceStatus {
  readonly state: ServiceState;
  readonly target: TargetState;
  readonly waitingForConsole: boolean;
  readonly holdingConsole: boolean;
  /** The start was skipped by an interrupt (`options = skippable`). */
  readonly skipped: boolean;
  /** Explicitly activated, not only needed by dependents. */
  readonly explicit: boolean;
  readonly reason: StopReason;
  /** The process, if there is one now. */
  readonly pid: number | undefined;
  /** Where the last launch failed; meaningful with reason EXECFAILED. */
  readonly launchStage: number;
  /** The error number of the last failed launch; meaningful with reason EXECFAILED. */
  readonly launchErrno: number;
  /** How the last process ended. */
  readonly exit: WaitStatus;
  /** When the description was changed last, as of its last (re)load. */
  readonly modified: FileTime;
}

/** One service in the overview of the whole system. */
export interface ServiceOverview extends ServiceStatus {
  readonly name: string;
  readonly type: ServiceType;
  /** Wall clock time at which the current state was entered, in milliseconds since 1970. */
  readonly since: number;
  /** Full names of the services (or `console`) that this one waits for before it can go on starting or stopping. */
  readonly waitingFor: readonly string[];
  /** How often it was started again by itself (automatic restarts and recoveries) since it was loaded. */
  readonly restarts: number;
}

/**
 * When a service reached the steps of its last activation, in milliseconds since 1970. A step that it has not reached,
 * or that its type does not have, is absent.
 */
export interface ServiceTimes {
  readonly name: string;
  /** It was wanted, and waited from then on for its dependencies. */
  readonly asked: number;
  /** It had to wait for no dependency any more. */
  readonly unblocked: number | undefined;
  /** The full name of the service that it waited for last: the one to look at if a start takes long. */
  readonly decidedBy: string | undefined;
  /** Its process was launched. */
  readonly launched: number | undefined;
  readonly ready: number | undefined;
  /** It was to stop: on request, because its process had ended, or because of its dependencies. */
  readonly stopAsked: number | undefined;
  readonly ended: number | undefined;
}

/** The whole system at one moment: what `dinit ctl status` without a service name shows. */
export interface Overview {
  readonly daemon: {
    readonly version: string;
    readonly pid: number;
    /** Milliseconds since the daemon started. */
    readonly uptime: number;
    /** The path of the control socket. */
    readonly socket: string;
    readonly shuttingDown: boolean;
  };
  /** In load order. */
  readonly services: readonly ServiceOverview[];
}
