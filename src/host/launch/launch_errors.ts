/** The two ways in which launches on the native host fail, and the conversion of other errors to them. */

import type { LaunchPlan, LaunchRefusal } from "../../engine/mod.ts";
import { Errno, errnoText, LaunchStage } from "../../model/mod.ts";
import { SystemCallError } from "../../system/mod.ts";

/** A step of the launch failed that the process itself would have made: it is reported as an execution failure. */
export class ExecutionError extends Error {
  override readonly name = "ExecutionError";
  readonly stage: LaunchStage;
  readonly errno: number;

  constructor(stage: LaunchStage, errno: number) {
    super(errnoText(errno));
    this.stage = stage;
    this.errno = errno;
  }
}

/** A launch failed before there was a process. The message is for the log. */
export class PreparationError extends Error {
  override readonly name = "PreparationError";
  readonly stage: LaunchStage;
  readonly errno: number;

  /** `what` failed, in the words of lifecycle 11. */
  constructor(plan: LaunchPlan, what: string, stage: LaunchStage, cause: SystemCallError) {
    const role = plan.role === "stop" ? " (for stop command)" : "";
    super(`${what}${role}: ${errnoText(cause.errno)}`, { cause });
    this.stage = stage;
    this.errno = cause.errno;
  }

  /** Converts it for the engine. */
  refusal(): LaunchRefusal {
    return { stage: this.stage, errno: this.errno, error: this.message };
  }
}

/** An operation of the daemon before there is a process, and the step that the status names if it fails. */
export interface Preparation {
  readonly what: string;
  readonly stage: LaunchStage;
}

/** Performs an operation; if it fails, the launch fails with a text. */
export function prepare<Result>(
  plan: LaunchPlan,
  { what, stage }: Preparation,
  action: () => Result,
): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    throw new PreparationError(plan, what, stage, error);
  }
}

/** Performs an operation; if it fails, the launch fails at a stage. */
export function atStage<Result>(stage: LaunchStage, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    throw new ExecutionError(stage, error.errno);
  }
}

/** Why there is no process. */
export type LaunchFault = ExecutionError | PreparationError;

/** Why a launch cannot begin. Any other error is a bug, is reported, and must not leave the launch without an end. */
export function preparationFailure(error: unknown): LaunchFault {
  if (error instanceof ExecutionError || error instanceof PreparationError) return error;
  reportError(error);
  return new ExecutionError(LaunchStage.ARRANGE_FDS, Errno.EIO);
}

/** The errors with which launches fail; throws any other one. */
export function launchError(error: unknown): LaunchFault {
  if (error instanceof ExecutionError || error instanceof PreparationError) return error;
  throw error;
}
