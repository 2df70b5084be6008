/** Whether the start has settled and every check passes: `/healthz`. Pure. */

import type { KnownService, KnownSystem } from "../../client/steps.ts";
import { ServiceState, StopReason } from "../../model/mod.ts";

/** The answer of `/healthz`. */
export interface Readiness {
  readonly ok: boolean;
  /** Services that are starting, or will start again. */
  readonly starting: readonly string[];
  /** Services whose checks fail, or that were stopped because of that. */
  readonly unhealthy: readonly string[];
  /** Services that are down because of a failure. They count only if `boot` needs them: then it has failed, too. */
  readonly failed: readonly string[];
}

/** The service that a daemon starts if its command line names none. */
const BOOT = "boot";

/** Judges a system. */
export function readinessOf({ services }: Pick<KnownSystem, "services">): Readiness {
  const starting = services.filter(isStarting).map(({ name }) => name);
  const unhealthy = services.filter(isUnhealthy).map(({ name }) => name);
  const failed = services.filter(hasFailed).map(({ name }) => name);
  const ok = starting.length === 0 && unhealthy.length === 0 && !failed.includes(BOOT);
  return { ok, starting, unhealthy, failed };
}

/** A service that waits for its trigger counts as started: only a command can bring it further. */
function isStarting({ state, target, waitingFor }: KnownService): boolean {
  if (state === ServiceState.STARTED || waitingFor?.includes("trigger")) return false;
  return state === ServiceState.STARTING || target === ServiceState.STARTED;
}

function isUnhealthy({ state, reason, health }: KnownService): boolean {
  if (state === ServiceState.STOPPED) return reason === StopReason.UNHEALTHY;
  return health !== undefined && health.running !== "none" && health.verdict === "unhealthy";
}

function hasFailed({ state, reason }: KnownService): boolean {
  return state === ServiceState.STOPPED && reason !== StopReason.NORMAL && reason !== StopReason.DEPRESTART;
}
