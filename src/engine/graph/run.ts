/** The runs of a scheduled service, as the engine keeps them. */

import type { FailureCause } from "./failure.ts";

/** Why a run begins: its time has come, somebody has triggered it, it was missed, or the last one has failed. */
export type RunCause = "schedule" | "trigger" | "catch-up" | "retry";

/** How a run has ended; `unknown`: nobody saw its end. */
export type RunResult =
  | "success"
  | "failed"
  /** It took longer than `schedule-limit`. */
  | "overdue"
  /** Its program could not be executed. */
  | "not-executed"
  /** Its service was stopped, or another run has taken its place. */
  | "stopped"
  | "unknown";

/** The run in progress, and what follows it. Times are in milliseconds of the engine's clock. */
export interface RunState {
  /** Why the run in progress has begun; `undefined`: there is none. */
  current: RunCause | undefined;
  /** When it began. */
  began: number;
  /** Why it was asked to end: it took too long, or another one takes its place. `undefined`: it was not. */
  ending: "overdue" | "replaced" | undefined;
  /** The run that begins when the one in progress has ended, or the restart delay is over. */
  queued: RunCause | undefined;
  /** A mark of queued work, never set at rest: the run that is due now. */
  due: RunCause | undefined;
}

/** No run, and none that follows. */
export function noRun(): RunState {
  return { current: undefined, began: 0, ending: undefined, queued: undefined, due: undefined };
}

/** Why a run that ended with this result counts as a failure; `undefined`: it does not. */
export const RUN_FAILURES: Readonly<Record<RunResult, FailureCause | undefined>> = {
  "success": undefined,
  "failed": "terminated",
  "overdue": "timed-out",
  "not-executed": "exec-failed",
  "stopped": undefined,
  "unknown": undefined, // it may have succeeded, and must not run twice
};
