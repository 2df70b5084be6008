import type { ExitStatus } from "../../model/mod.ts";

/** Why a service that was up, or half-way up, goes down for good. */
export type GaveUp = "restart-limit" | "recovery-failed" | "dependency-failed";

/** Why a service is down for good. */
export type FailureCause =
  | GaveUp
  | "start-failed"
  | "exec-failed"
  | "timed-out"
  | "terminated"
  | "unhealthy";

/** A failure after which other services must start (`on-failure`). */
export interface DueHooks {
  /** Why it is down. */
  readonly cause: FailureCause;
  /** How its process ended. */
  readonly exit: ExitStatus | undefined;
  /** The services that have not been started yet. */
  readonly due: readonly string[];
}
