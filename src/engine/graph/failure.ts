import type { ExitStatus } from "../../model/mod.ts";

/** Why a service gave up restarting or recovering. */
export type GaveUp = "restart-limit" | "recovery";

/** Why a service is down for good. */
export type FailureCause =
  | GaveUp
  | "start-failed"
  | "exec-failed"
  | "timed-out"
  | "dependency-failed"
  | "terminated";

/** A failure after which other services must start (`on-failure`). */
export interface DueHooks {
  readonly cause: FailureCause;
  /** How its process ended. */
  readonly exit: ExitStatus | undefined;
  /** The services that have not been started yet. */
  readonly due: readonly string[];
}
