/**
 * A service description after loading: the meaning of every setting, as plain data. The loader creates it and the
 * engine reads it. It never changes; a reload creates a new one.
 *
 * Times are in milliseconds (fractions allowed), user and group ids are numbers, text is lossless (see `bytes.ts`).
 */

import { type DenoSettings, NO_DENO } from "./deno_settings.ts";
import { type GroupSettings, NO_GROUP } from "./group_settings.ts";
import { type HealthSettings, NO_HEALTH } from "./health_settings.ts";
import { NO_SANDBOX, type SandboxSettings } from "./sandbox_settings.ts";
import { NO_SCHEDULE, type ScheduleSettings } from "./schedule_settings.ts";
import { type LoadedServiceType, ServiceType } from "./service_types.ts";
import type { DependencyKind } from "./states.ts";
import { NO_WATCH, type WatchSettings } from "./watch_settings.ts";

/** `restart` */
export type RestartPolicy = "always" | "on-failure" | "never";

/** `log-type` */
export type LogType = "none" | "file" | "buffer" | "pipe" | "kept";

/** `log-timestamps`: what stands in front of each line. */
export type LogStamps = "no" | "iso" | "elapsed";

/** `log-format` */
export type LogFormat = "text" | "json";

/** `kill-mode`: what must have ended before a service counts as stopped. */
export type KillMode = "process" | "group" | "all";

/** The flags of `options` (service description 3.7), in camel case. */
export interface ServiceFlags {
  /** `runs-on-console`; implies `startsOnConsole`. */
  runsOnConsole: boolean;
  /** `starts-on-console` */
  startsOnConsole: boolean;
  /** `shares-console` */
  sharesConsole: boolean;
  /** `unmask-intr` */
  unmaskIntr: boolean;
  /** `starts-rwfs` */
  startsRwfs: boolean;
  /** `starts-log` */
  startsLog: boolean;
  /** `pass-cs-fd` */
  passCsFd: boolean;
  /** `start-interruptible` */
  startInterruptible: boolean;
  /** `skippable` */
  skippable: boolean;
  /** `signal-process-only` */
  signalProcessOnly: boolean;
  /** `always-chain` */
  alwaysChain: boolean;
  /** `kill-all-on-stop` */
  killAllOnStop: boolean;
  /** `no-new-privs` */
  noNewPrivs: boolean;
}

/** One edge that a description creates. `BEFORE` edges lead from the named service to this one. */
export interface DeclaredDependency {
  /** What the dependency means for both services. */
  readonly kind: DependencyKind;
  /** The full name of the other service. */
  readonly name: string;
}

/** A user or group for `run-as`, or the owner of a file. */
export interface UserIds {
  /** The numeric id of the user. */
  readonly uid: number;
  /** The primary group of a user that was given by name; `undefined` if it was given as a number. */
  readonly gid: number | undefined;
  /** The user's name, if it was given by name: the process gets the supplementary groups of this user. */
  readonly name: string | undefined;
}

/** Half of a resource limit: a number, `"unlimited"`, or `undefined` to leave it unchanged. */
export type LimitValue = bigint | "unlimited" | undefined;

/** One of the four resource limits. */
export interface ResourceLimit {
  /** The name that the settings have behind `rlimit-`. */
  readonly resource: "nofile" | "core" | "data" | "addrspace";
  /** The limit that holds. `undefined`: it stays as it is. */
  readonly soft: LimitValue;
  /** How far the process may raise the limit that holds. `undefined`: it stays as it is. */
  readonly hard: LimitValue;
}

/** A change to the environment that a service adds to the daemon's (service description 5). */
export interface EnvironmentOverlay {
  /** `!clear`: only imported variables are inherited. */
  readonly clear: boolean;
  /** Assignments, in the order of first mention. */
  readonly set: ReadonlyMap<string, string>;
  /** Names that are not inherited. */
  readonly unset: ReadonlySet<string>;
  /** Names that are taken from the layer below, also after `!clear`. */
  readonly imported: ReadonlySet<string>;
}

/** A point in time as file systems store it. */
export interface FileTime {
  /** Seconds since 1970. */
  readonly seconds: number;
  /** 0–999,999,999 */
  readonly nanoseconds: number;
}

/** The complete contents of a description. */
export interface ServiceDescription {
  /** Full name, with `@argument` if there is one. */
  readonly name: string;
  /** The service directory in which the description was found, as configured. */
  readonly directory: string;
  /** The description file, `directory` and base name. */
  readonly file: string;
  /** When the description file was last changed. */
  readonly modified: FileTime;
  /** The size of the text that was read, and of the text that is kept, whichever is larger; in characters. */
  readonly size: number;
  /** `type` */
  readonly type: LoadedServiceType;
  /** Executable and arguments after substitution; empty if there is no command. */
  readonly command: readonly string[];
  /** The settings from which the command was made, if it runs a program with Deno. */
  readonly deno: DenoSettings;
  /** `stop-command`, in the same form. */
  readonly stopCommand: readonly string[];
  /** Empty: the directory of the description. Relative: to the daemon's working directory. */
  readonly workingDir: string;
  /** `run-as`; `undefined`: the user of the daemon. */
  readonly runAs: UserIds | undefined;
  /** What the service changes about the environment of the daemon for its processes. */
  readonly environment: EnvironmentOverlay;
  /** `restart` */
  readonly restart: RestartPolicy;
  /** `smooth-recovery`: only the process of a started service is replaced when it ends by itself. */
  readonly smoothRecovery: boolean;
  /** Milliseconds */
  readonly restartDelay: number;
  /** `restart-delay-factor`; 1: the delay does not grow */
  readonly restartDelayFactor: number;
  /** `restart-delay-max` in milliseconds */
  readonly restartDelayMax: number;
  /** Milliseconds */
  readonly restartLimitInterval: number;
  /** 0: no limit */
  readonly restartLimitCount: number;
  /** Milliseconds; 0: none */
  readonly startTimeout: number;
  /** Milliseconds; 0: none */
  readonly stopTimeout: number;
  /** `pid-file`; empty for none. Relative: to the daemon's working directory. */
  readonly pidFile: string;
  /** A signal number; 0: none is sent. */
  readonly termSignal: number;
  /** `kill-mode`: the main process, its process group, or everything that the service has started. */
  readonly killMode: KillMode;
  /** The descriptor on which the process announces its readiness (`pipefd:N`). */
  readonly readyFd: number | undefined;
  /** The variable that gives the process its readiness descriptor (`pipevar:NAME`). */
  readonly readyVariable: string | undefined;
  /** Readiness without a pipe, health checks and the watchdog. */
  readonly health: HealthSettings;
  /** Files whose changes concern the process. */
  readonly watch: WatchSettings;
  /** When a `scheduled` service runs. */
  readonly schedule: ScheduleSettings;
  /** `chain-to`: the service to start when this one has stopped by itself and well; empty for none. */
  readonly chainTo: string;
  /** `on-failure`: the services to start when this one has failed and does not restart. */
  readonly onFailure: readonly string[];
  /** `options` */
  readonly flags: Readonly<ServiceFlags>;
  /** `inittab-id`, the id of the entry in the table of logins; empty for none. */
  readonly inittabId: string;
  /** `inittab-line`, the terminal line of that entry; empty for none. */
  readonly inittabLine: string;
  /** All links in the order of the description: named dependencies, directory dependencies, `after` and `before`. */
  readonly dependencies: readonly DeclaredDependency[];
  /** The service whose output is this service's input, or empty. */
  readonly consumerOf: string;
  /** `log-type` */
  readonly logType: LogType;
  /** `logfile`; empty for none, and unless `log-type` is `file` or `kept`. Relative: to `workingDir`. */
  readonly logFile: string;
  /** Mode of a log file that is made, 0–0o7777. */
  readonly logFilePermissions: number;
  /** The user that owns the log file; `undefined`: the daemon's. */
  readonly logFileUid: number | undefined;
  /** The group that owns the log file; `undefined`: the daemon's. */
  readonly logFileGid: number | undefined;
  /** Bytes */
  readonly logBufferSize: number;
  /** `log-max-size`: how large a log file becomes before it is rotated, in bytes; 0: no limit. */
  readonly logMaxSize: number;
  /** `log-max-age`, in milliseconds; 0: no limit. A day ends at local midnight, an hour with the full hour. */
  readonly logMaxAge: number;
  /** `log-keep`: the number of archives. */
  readonly logKeep: number;
  /** `log-keep-size`: the bytes of all archives together; 0: no limit. */
  readonly logKeepSize: number;
  /** `log-compress`: whether archives are compressed with gzip. */
  readonly logCompress: boolean;
  /** `log-timestamps`, for a kept log. */
  readonly logStamps: LogStamps;
  /** `log-format`, for a kept log. */
  readonly logFormat: LogFormat;
  /** `log-rate-limit`, for a kept log: lines a second; 0: no limit. */
  readonly logRateLimit: number;
  /** `socket-listen`, the path of the activation socket; empty for none. */
  readonly socketPath: string;
  /** Mode of the activation socket, 0–0o7777. */
  readonly socketPermissions: number;
  /** The user that owns the activation socket; `undefined`: the daemon's. */
  readonly socketUid: number | undefined;
  /** The group that owns the activation socket; `undefined`: the daemon's. */
  readonly socketGid: number | undefined;
  /** In the order first mentioned. */
  readonly limits: readonly ResourceLimit[];
  /** `nice`; the kernel takes −20 to 19. `undefined`: as the daemon has it. */
  readonly nice: number | undefined;
  /** The value for `ioprio_set`: class × 8192 + level. */
  readonly ioPriority: number | undefined;
  /** `oom-score-adj`, −1000 to 1000; `undefined`: as the daemon has it. */
  readonly oomScoreAdjust: number | undefined;
  /** The control group that the daemon makes. */
  readonly group: GroupSettings;
  /** `run-in-cgroup`, the control group of the processes; empty for that of the daemon. */
  readonly cgroup: string;
  /** IAB text, empty for none. */
  readonly capabilities: string;
  /** `securebits`, by their names; empty for those of the daemon. */
  readonly secureBits: readonly string[];
  /** What the processes cannot see, reach or change. */
  readonly sandbox: SandboxSettings;
}

/** All flags off. */
export const NO_FLAGS: Readonly<ServiceFlags> = {
  runsOnConsole: false,
  startsOnConsole: false,
  sharesConsole: false,
  unmaskIntr: false,
  startsRwfs: false,
  startsLog: false,
  passCsFd: false,
  startInterruptible: false,
  skippable: false,
  signalProcessOnly: false,
  alwaysChain: false,
  killAllOnStop: false,
  noNewPrivs: false,
};

/** An overlay that changes nothing. */
export const NO_OVERLAY: EnvironmentOverlay = {
  clear: false,
  set: new Map(),
  unset: new Set(),
  imported: new Set(),
};

/** The values of an empty description: an internal service with every default (service description 3.2 to 3.5). */
export const DEFAULT_DESCRIPTION: ServiceDescription = {
  name: "",
  directory: "",
  file: "",
  modified: { seconds: 0, nanoseconds: 0 },
  size: 0,
  type: ServiceType.INTERNAL,
  command: [],
  deno: NO_DENO,
  stopCommand: [],
  workingDir: "",
  runAs: undefined,
  environment: NO_OVERLAY,
  restart: "always",
  smoothRecovery: false,
  restartDelay: 200,
  restartDelayFactor: 1,
  restartDelayMax: 300_000,
  restartLimitInterval: 10_000,
  restartLimitCount: 3,
  startTimeout: 60_000,
  stopTimeout: 10_000,
  pidFile: "",
  termSignal: 15,
  killMode: "process",
  readyFd: undefined,
  readyVariable: undefined,
  health: NO_HEALTH,
  watch: NO_WATCH,
  schedule: NO_SCHEDULE,
  chainTo: "",
  onFailure: [],
  flags: NO_FLAGS,
  inittabId: "",
  inittabLine: "",
  dependencies: [],
  consumerOf: "",
  logType: "none",
  logFile: "",
  logFilePermissions: 0o600,
  logFileUid: undefined,
  logFileGid: undefined,
  logBufferSize: 4096,
  logMaxSize: 0,
  logMaxAge: 0,
  logKeep: 7,
  logKeepSize: 0,
  logCompress: true,
  logStamps: "no",
  logFormat: "text",
  logRateLimit: 0,
  socketPath: "",
  socketPermissions: 0o666,
  socketUid: undefined,
  socketGid: undefined,
  limits: [],
  nice: undefined,
  ioPriority: undefined,
  oomScoreAdjust: undefined,
  group: NO_GROUP,
  cgroup: "",
  capabilities: "",
  secureBits: [],
  sandbox: NO_SANDBOX,
};
