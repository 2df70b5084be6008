/**
 * From a description to a launch plan: everything that a host needs to start one process, as plain data. Lifecycle
 * specification 8.4 to 8.6.
 */

import type {
  EnvironmentOverlay,
  GroupSettings,
  ResourceLimit,
  ServiceDescription,
  UserIds,
} from "../../model/mod.ts";
import { processKind } from "../../model/mod.ts";
import type { ProcessRole, ServiceRecord } from "../graph/record.ts";
import type { AfterExecution } from "../lifecycle/phase.ts";

/** The destination of standard output and standard error. */
export type OutputPlan =
  | { readonly to: "null" }
  | {
    readonly to: "file";
    /** Relative to the working directory of the process. */
    readonly path: string;
    readonly permissions: number;
    readonly uid: number | undefined;
    readonly gid: number | undefined;
  }
  /** Into the daemon's memory; `size` in bytes. */
  | { readonly to: "buffer"; readonly size: number }
  /** Into the pipe that the consumer of the service, or the keeper of its log, reads. */
  | { readonly to: "pipe" };

/** `console`: in the foreground of the terminal; `shared-console`: in its background. */
export type SessionPlan = "own" | "console" | "shared-console";

/** How the messages of a process are received. */
export interface NotifyPlan {
  /** The longest time between two signs of life, in milliseconds; 0: none are expected. */
  readonly watchdog: number;
}

/** One process to start. */
export interface LaunchPlan {
  /** The service's id; events about the process carry it. */
  readonly id: number;
  /** What the process is to its service; events about the process carry it. */
  readonly role: ProcessRole;
  /** The full name of the service, for messages. */
  readonly name: string;
  /** The executable and its arguments. An executable without a slash is searched in the PATH of the environment. */
  readonly argv: readonly string[];
  /** The whole environment of the process. */
  readonly environment: ReadonlyMap<string, string>;
  /** Where the process begins. Relative: to the daemon's working directory. */
  readonly workingDir: string;
  /** The destination of standard output and standard error. */
  readonly output: OutputPlan;
  /** The service whose output pipe becomes standard input. */
  readonly consumerOf: string | undefined;
  /** The text on standard input; `undefined`: there is none, or that of `consumerOf`. */
  readonly input: string | undefined;
  /** Whether the process gets a new session or the terminal of the daemon. */
  readonly session: SessionPlan;
  /** A process on the console receives the interrupt signal. */
  readonly unmaskInterrupt: boolean;
  /**
   * How the process announces its readiness: on the descriptor `fd`, or on one whose number is in the
   * `variable`. `undefined`: it does not.
   */
  readonly readiness: { readonly fd: number | undefined; readonly variable: string | undefined } | undefined;
  /** The process gets a socket for messages about its state; `undefined`: it gets none. */
  readonly notify: NotifyPlan | undefined;
  /** Pass a connection to the control socket. */
  readonly controlSocket: boolean;
  /** Pass the activation socket. */
  readonly activationSocket: boolean;
  /** The user and group to run as; `undefined`: those of the daemon. */
  readonly runAs: UserIds | undefined;
  /** Resource limits to set, in this order. */
  readonly limits: readonly ResourceLimit[];
  /** The nice value; `undefined`: that of the daemon. */
  readonly nice: number | undefined;
  /** The value for `ioprio_set`: class × 8192 + level; `undefined`: that of the daemon. */
  readonly ioPriority: number | undefined;
  /** −1000 to 1000; `undefined`: that of the daemon. */
  readonly oomScoreAdjust: number | undefined;
  /** The control group that the daemon makes. */
  readonly group: GroupSettings;
  /** The control group; empty: that of the daemon. Relative: to that of the daemon. */
  readonly cgroup: string;
  /** IAB text; empty: those of the daemon. */
  readonly capabilities: string;
  /** Names of secure bits to set; empty: those of the daemon. */
  readonly secureBits: readonly string[];
  /** What it starts must be recognised later, even if it leaves the session (`kill-mode = all`). */
  readonly marksTree: boolean;
  /** The process, and what it starts, may not gain privileges by executing programs. */
  readonly noNewPrivs: boolean;
  /** The entry for the table of logins; `undefined`: none is made. */
  readonly inittab: { readonly id: string; readonly line: string } | undefined;
}

/** The parameters that differ from launch to launch. */
export interface LaunchRequest {
  /** What the process is to its service. */
  readonly role: ProcessRole;
  /** The executable and its arguments. */
  readonly command: readonly string[];
  /** The process may have the console; this applies only to the start of a service. */
  readonly mayUseConsole: boolean;
  /** Whether the process announces its readiness. */
  readonly readiness: boolean;
}

/** Computes how to start a process of the service. `compose` applies an overlay to the daemon's environment. */
export function launchPlan(
  service: ServiceRecord,
  request: LaunchRequest,
  compose: (overlay: EnvironmentOverlay) => ReadonlyMap<string, string>,
): LaunchPlan {
  const { description } = service;
  const { flags } = description;
  const isMain = request.role === "main";
  const session = request.mayUseConsole ? sessionPlan(service) : "own";
  const { readyFd: fd, readyVariable: variable } = description;
  return {
    id: service.id,
    role: request.role,
    name: service.name,
    argv: request.command,
    environment: compose(overlayOf(service)),
    workingDir: workingDirOf(description),
    output: session === "own" ? outputPlan(description, isMain) : { to: "null" },
    consumerOf: isMain && description.consumerOf !== "" ? description.consumerOf : undefined,
    input: request.mayUseConsole ? service.parameters?.input : undefined,
    session,
    unmaskInterrupt: flags.unmaskIntr,
    readiness: request.readiness ? { fd, variable } : undefined,
    notify: isMain && description.health.readyBy === "notify"
      ? { watchdog: description.health.watchdog }
      : undefined,
    controlSocket: isMain && flags.passCsFd,
    activationSocket: description.socketPath !== "",
    runAs: description.runAs,
    limits: description.limits,
    nice: description.nice,
    ioPriority: description.ioPriority,
    oomScoreAdjust: description.oomScoreAdjust,
    group: description.group,
    cgroup: description.cgroup,
    capabilities: description.capabilities,
    secureBits: description.secureBits,
    marksTree: isMain && description.killMode === "all",
    noNewPrivs: flags.noNewPrivs,
    inittab: inittabOf(service, isMain),
  };
}

/** The changes of the description to the environment, with the variables of this start. */
function overlayOf({ description: { environment }, parameters }: ServiceRecord): EnvironmentOverlay {
  if (parameters === undefined) return environment;
  return { ...environment, set: new Map([...environment.set, ...Object.entries(parameters.variables)]) };
}

/** The path of the service's log file; `undefined` if it has none. May be relative to the daemon's directory. */
export function logFilePath(description: ServiceDescription): string | undefined {
  const { logType, logFile, flags } = description;
  const onConsole = flags.sharesConsole || flags.startsOnConsole || flags.runsOnConsole;
  if ((logType !== "file" && logType !== "kept") || logFile === "" || onConsole) return undefined;
  return logFile.startsWith("/") ? logFile : `${workingDirOf(description)}/${logFile}`;
}

function workingDirOf({ workingDir, directory }: ServiceDescription): string {
  return workingDir === "" ? directory : workingDir;
}

function sessionPlan(service: ServiceRecord): SessionPlan {
  if (service.description.flags.sharesConsole) return "shared-console";
  return service.haveConsole ? "console" : "own";
}

/** A separate stop command writes to the log file, to the kept log, or nowhere; `log-type = file` without a path means no log. */
function outputPlan(description: ServiceDescription, isMain: boolean): OutputPlan {
  const { logType } = description;
  if (logType === "file" && description.logFile !== "") {
    return {
      to: "file",
      path: description.logFile,
      permissions: description.logFilePermissions,
      uid: description.logFileUid,
      gid: description.logFileGid,
    };
  }
  if (isMain && logType === "buffer") return { to: "buffer", size: description.logBufferSize };
  if (isMain && logType === "pipe") return { to: "pipe" };
  if (logType === "kept") return { to: "pipe" };
  return { to: "null" };
}

function inittabOf(service: ServiceRecord, isMain: boolean): LaunchPlan["inittab"] {
  const { inittabId: id, inittabLine: line } = service.description;
  if (!isMain || processKind(service.type) !== "lasting" || (id === "" && line === "")) return undefined;
  return { id, line };
}

/** What follows when the program of the service's command runs. */
export function afterExecution({ type, description }: ServiceRecord): AfterExecution {
  const kind = processKind(type);
  if (kind === "script") return "running-start-command";
  if (kind === "background") return "awaiting-launcher";
  const { readyFd, readyVariable, health } = description;
  const notifies = readyFd !== undefined || readyVariable !== undefined || health.readyBy !== "";
  return notifies ? "awaiting-readiness" : "up";
}
