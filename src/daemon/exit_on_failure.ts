/**
 * `--exit-on-failure`: if a service of the command line has failed for good, the daemon stops all others and exits with
 * a status. The program that runs the container sees this status. The reference has nothing like it.
 */

import { ShutdownType } from "../model/mod.ts";
import type { ServiceManager } from "../engine/mod.ts";

/** How long the services that a failure starts may run before the others are stopped, in milliseconds. */
const HOOK_LIMIT = 30_000;
/** How often to look whether they have ended, in milliseconds. */
const HOOK_INTERVAL = 50;

/** What it is given. */
export interface ExitOnFailureContext {
  /** The exit status, 1 to 255. */
  readonly status: number;
  /** The services that the command line names, or `boot`. */
  readonly services: readonly string[];
  /** The engine, which may not exist yet. */
  manager(): ServiceManager;
  /** Keeps the exit status, also for a program that replaces this one. */
  note(status: number): void;
}

/** Stops all services, after those that `on-failure` names have had their time. Not called from inside the engine. */
export function endAfterFailure(context: ExitOnFailureContext, limit = performance.now() + HOOK_LIMIT): void {
  const manager = context.manager();
  if (manager.shuttingDown) return;
  const isBusy = [...manager.services()].some(({ hooks, parameters }) =>
    hooks !== undefined || parameters !== undefined
  );
  if (!isBusy || performance.now() >= limit) manager.shutdown(ShutdownType.HALT);
  else setTimeout(() => endAfterFailure(context, limit), HOOK_INTERVAL);
}
