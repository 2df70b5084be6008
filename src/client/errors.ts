/**
 * The failures of operations on services and on the daemon, one small class for each kind. All facts are fields; there are no sentences.
 */

import type { ServiceInfo } from "./service_info.ts";

/** The commands of a program to a service whose result may come later. */
export type CommandName = "start" | "stop" | "restart" | "wake" | "release";

/** Why a service could not be loaded: see `LoadFailedError`. */
export type LoadFailure = "bad-name" | "not-found" | "bad-description" | "load-failed";

/**
 * Why the daemon refused a command:
 *
 * - `pinned-started`, `pinned-stopped`: the service is pinned in the other state.
 * - `shutting-down`: the daemon is shutting down.
 * - `not-started`: only a started service can be restarted.
 * - `no-dependents`: no active service needs the service, so it cannot be woken.
 * - `dependents`: other services need it; the field `dependents` names them. `force` also stops them.
 * - `in-use`: an unload or reload is not possible now, because the service is not stopped, or another client has a
 *   handle to it.
 * - `not-triggered`: the service is not of the type `triggered`.
 * - `no-process`, `bad-signal`, `not-sent`: the service has no process, the signal is unknown, or the system refused
 *   it.
 */
export type RefusalReason =
  | "pinned-started"
  | "pinned-stopped"
  | "shutting-down"
  | "not-started"
  | "no-dependents"
  | "dependents"
  | "in-use"
  | "not-triggered"
  | "no-process"
  | "bad-signal"
  | "not-sent";

/** A failure of one service. `message` is the name of the service and a code, for logs. */
export class ServiceError extends Error {
  /** The name of the class. */
  override readonly name: string = "ServiceError";
  /** The full name of the service. */
  readonly service: string;
  /** A short constant word for the failure. */
  readonly code: string;

  /** An error about `service`. */
  constructor(service: string, code: string) {
    super(`${service}: ${code}`);
    this.service = service;
    this.code = code;
  }
}

/**
 * The daemon could not load a service.
 *
 * - `bad-name`: no service can have this name.
 * - `not-found`: no service directory has a description with this name.
 * - `bad-description`: its description has a mistake; the daemon's log has the details.
 * - `load-failed`: a dependency could not be loaded, or the description could not be read.
 */
export class LoadFailedError extends ServiceError {
  /** The name of the class. */
  override readonly name = "LoadFailedError";
  /** The reason. */
  declare readonly code: LoadFailure;

  /** The service could not be loaded because of `code`. */
  constructor(service: string, code: LoadFailure) {
    super(service, code);
  }
}

/** The service is not loaded, and the method does not load it. */
export class NotLoadedError extends ServiceError {
  /** The name of the class. */
  override readonly name = "NotLoadedError";

  /** `service` is not loaded. */
  constructor(service: string) {
    super(service, "not-loaded");
  }
}

/** The daemon refused the command. Nothing has changed. */
export class RefusedError extends ServiceError {
  /** The name of the class. */
  override readonly name = "RefusedError";
  /** The reason. */
  declare readonly code: RefusalReason;
  /** The refused command, such as `stop` or `reload`. */
  readonly command: string;
  /** With `dependents`: the services that need this one. Otherwise empty. */
  readonly dependents: readonly string[];

  /** `command` was refused because of `code`. */
  constructor(service: string, command: string, code: RefusalReason, dependents: readonly string[] = []) {
    super(service, code);
    this.command = command;
    this.dependents = dependents;
  }
}

/** The start of a service failed. */
export class StartFailedError extends ServiceError {
  /** The name of the class. */
  override readonly name = "StartFailedError";
  /** The service after the failure: reason, exit, launch. `undefined` with daemons of protocol 1 to 4. */
  readonly status: ServiceInfo | undefined;

  /** The start of `service` failed. */
  constructor(service: string, status: ServiceInfo | undefined) {
    super(service, "start-failed");
    this.status = status;
  }
}

/** The daemon accepted the command, but another command changed the goal before it was reached. */
export class CancelledError extends ServiceError {
  /** The name of the class. */
  override readonly name = "CancelledError";
  /** The cancelled command. */
  readonly command: CommandName;

  /** `command` was cancelled. */
  constructor(service: string, command: CommandName) {
    super(service, "cancelled");
    this.command = command;
  }
}

/** The daemon keeps no output of the service that a client can read. */
export class NoLogError extends ServiceError {
  /** The name of the class. */
  override readonly name = "NoLogError";
  /** The log file of the service; `undefined` if it has none or this is unknown. */
  readonly logFile: string | undefined;

  /** `service` has no log buffer. */
  constructor(service: string, logFile: string | undefined) {
    super(service, "no-log");
    this.logFile = logFile;
  }
}

/** The daemon refused an upgrade. Nothing has changed. */
export class UpgradeRefusedError extends Error {
  /** The name of the class. */
  override readonly name = "UpgradeRefusedError";
  /** Why, in the daemon's words for people. */
  readonly reason: string;

  /** The upgrade was refused because of `reason`. */
  constructor(reason: string) {
    super(`The daemon was not upgraded: ${reason}`);
    this.reason = reason;
  }
}
