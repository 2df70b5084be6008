/**
 * The enumerations of the engine. Their numbers are visible on the control socket
 * (lifecycle specification 1.2, control protocol 10).
 */

/** The public state of a service. */
export const ServiceState = { STOPPED: 0, STARTING: 1, STARTED: 2, STOPPING: 3 } as const;
/** One of the states. */
export type ServiceState = (typeof ServiceState)[keyof typeof ServiceState];

/** The state in which a service should end. */
export type TargetState = typeof ServiceState.STOPPED | typeof ServiceState.STARTED;

/** The events that a listener of a service receives (lifecycle 10). */
export const ServiceEvent = {
  STARTED: 0,
  STOPPED: 1,
  FAILEDSTART: 2,
  STARTCANCELLED: 3,
  STOPCANCELLED: 4,
} as const;
/** One of the events. */
export type ServiceEvent = (typeof ServiceEvent)[keyof typeof ServiceEvent];

/** Why a service stopped last. Only a later stop changes it; a start does not reset it. */
export const StopReason = {
  /** On request, by release, or it never ran. */
  NORMAL: 0,
  /** Stopped because a hard dependency was restarted. */
  DEPRESTART: 1,
  /** A dependency failed to start or stopped for good. */
  DEPFAILED: 2,
  /** The start process ended, or did not become ready. */
  FAILED: 3,
  /** The process could not be launched. */
  EXECFAILED: 4,
  /** The start timeout expired. */
  TIMEDOUT: 5,
  /** The process ended unexpectedly after the service was up. */
  TERMINATED: 6,
  /** Extension: its health checks failed, or it gave no sign of life, so its process was ended. */
  UNHEALTHY: 7,
} as const;
/** One of the reasons. */
export type StopReason = (typeof StopReason)[keyof typeof StopReason];

/** The kind of an edge of the service graph. `SOFT` is never produced by the loader. */
export const DependencyKind = {
  /** `depends-on` */
  REGULAR: 0,
  SOFT: 1,
  /** `waits-for` */
  WAITS_FOR: 2,
  /** `depends-ms` */
  MILESTONE: 3,
  /** `before` */
  BEFORE: 4,
  /** `after` */
  AFTER: 5,
  /** `prepared-by` */
  PREPARED_BY: 6,
} as const;
/** One of the kinds. */
export type DependencyKind = (typeof DependencyKind)[keyof typeof DependencyKind];

/** Whether edges of a kind (a `DependencyKind`) constrain the order of starting and nothing else. */
export function isOrdering(kind: number): boolean {
  return kind === DependencyKind.BEFORE || kind === DependencyKind.AFTER;
}

/** What happens when every service has stopped. */
export const ShutdownType = {
  NONE: 0,
  REMAIN: 1,
  HALT: 2,
  POWEROFF: 3,
  REBOOT: 4,
  SOFTREBOOT: 5,
  KEXEC: 6,
} as const;
/** One of the types of shutdown. */
export type ShutdownType = (typeof ShutdownType)[keyof typeof ShutdownType];

/** The step of a launch that failed (lifecycle 8.5, control protocol 10.3). */
export const LaunchStage = {
  ARRANGE_FDS: 0,
  READ_ENV_FILE: 1,
  SET_ENV_VAR: 2,
  ACTIVATION_SOCKET: 3,
  CONTROL_SOCKET: 4,
  CHANGE_DIRECTORY: 5,
  STANDARD_FDS: 6,
  CGROUP: 7,
  RESOURCE_LIMITS: 8,
  USER_AND_GROUP: 9,
  LOG_FILE: 10,
  CAPABILITIES: 11,
  IO_PRIORITY: 12,
  EXECUTE: 18,
} as const;
/** One of the steps. */
export type LaunchStage = (typeof LaunchStage)[keyof typeof LaunchStage];

const STAGE_TEXTS = new Map<number, string>([
  [LaunchStage.ARRANGE_FDS, "arranging file descriptors"],
  [LaunchStage.READ_ENV_FILE, "reading environment file"],
  [LaunchStage.SET_ENV_VAR, "setting environment variable"],
  [LaunchStage.ACTIVATION_SOCKET, "setting up activation socket"],
  [LaunchStage.CONTROL_SOCKET, "setting up control socket"],
  [LaunchStage.CHANGE_DIRECTORY, "changing directory"],
  [LaunchStage.STANDARD_FDS, "setting up standard input/output descriptors"],
  [LaunchStage.CGROUP, "entering cgroup"],
  [LaunchStage.RESOURCE_LIMITS, "setting resource limits"],
  [LaunchStage.USER_AND_GROUP, "setting user/group ID"],
  [LaunchStage.LOG_FILE, "opening log file"],
  [LaunchStage.CAPABILITIES, "setting capabilities"],
  [LaunchStage.IO_PRIORITY, "setting I/O priority"],
  [LaunchStage.EXECUTE, "executing command"],
]);

/** The text of a launch stage; empty for a number that is not assigned. */
export function launchStageText(stage: number): string {
  return STAGE_TEXTS.get(stage) ?? "";
}

/** Where and why a process could not be launched. */
export interface LaunchFailure {
  /** The step that failed. */
  readonly stage: LaunchStage;
  /** The number of the system's error. */
  readonly errno: number;
}
