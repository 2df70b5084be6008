/** What can go wrong with a service, one small class for each kind of failure. All facts are fields; no sentences. */

import type { ServiceInfo } from "./service_info.ts";

/** What a program can ask the daemon to do with a service, where the answer may come later. */
export type CommandName = "start" | "stop" | "restart" | "wake" | "release";

/** Why a service could not be loaded: see `LoadFailedError`. */
export type LoadFailure = "bad-name" | "not-found" | "bad-description" | "load-failed";

/**
 * Why the daemon refused something:
 *
 * - `pinned-started`, `pinned-stopped`: the service is pinned in the other state.
 * - `shutting-down`: the daemon is shutting down.
 * - `not-started`: only a started service can be restarted.
 * - `no-dependents`: nothing that is active needs the service, so it cannot be woken.
 * - `dependents`: other services need it; the field `dependents` names them. `force` stops them, too.
 * - `in-use`: to be unloaded or reloaded, a service must be stopped or unchanged in kind, and nobody else may hold it.
 * - `not-triggered`: the service is not of the type `triggered`.
 * - `no-process`, `bad-signal`, `not-sent`: the signal has no process to go to, is unknown, or the system refused it.
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

/** Something went wrong with one service. `message` is the name of the service and a code, for logs. */
export class ServiceError extends Error {
  /** The name of the class. */
  override readonly name: string = "ServiceError";
  /** The full name of the service. */
  readonly service: string;
  /** A short constant word for what went wrong. */
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
 * - `not-found`: no service directory has a description of that name.
 * - `bad-description`: its description has a mistake; the daemon's log says which.
 * - `load-failed`: something that it depends on could not be loaded, or the description could not be read.
 */
export class LoadFailedError extends ServiceError {
  /** The name of the class. */
  override readonly name = "LoadFailedError";
  /** Why. */
  declare readonly code: LoadFailure;

  /** The service could not be loaded because of `code`. */
  constructor(service: string, code: LoadFailure) {
    super(service, code);
  }
}

/** The service is not loaded, and what was asked for does not load it. */
export class NotLoadedError extends ServiceError {
  /** The name of the class. */
  override readonly name = "NotLoadedError";

  /** `service` is not loaded. */
  constructor(service: string) {
    super(service, "not-loaded");
  }
}

/** The daemon refused what it was asked to do with a service. Nothing has changed. */
export class RefusedError extends ServiceError {
  /** The name of the class. */
  override readonly name = "RefusedError";
  /** Why. */
  declare readonly code: RefusalReason;
  /** What was asked for, such as `stop` or `reload`. */
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

/** The service was to start, and failed. */
export class StartFailedError extends ServiceError {
  /** The name of the class. */
  override readonly name = "StartFailedError";
  /** What is known of the failure: reason, exit, launch. `undefined` with daemons of protocol 1 to 4. */
  readonly status: ServiceInfo | undefined;

  /** The start of `service` failed. */
  constructor(service: string, status: ServiceInfo | undefined) {
    super(service, "start-failed");
    this.status = status;
  }
}

/** The command was accepted, but something else changed the goal before it was reached. */
export class CancelledError extends ServiceError {
  /** The name of the class. */
  override readonly name = "CancelledError";
  /** What was cancelled. */
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
  /** The file that the service writes its output to; `undefined` if it writes to none or this is not known. */
  readonly logFile: string | undefined;

  /** `service` has no log buffer. */
  constructor(service: string, logFile: string | undefined) {
    super(service, "no-log");
    this.logFile = logFile;
  }
}
