/** How launches on the native host fail, and which of the two ways a failed system call means. */

import type { LaunchPlan } from "../engine/mod.ts";
import { errnoText, type LaunchStage } from "../model/mod.ts";
import { SystemCallError } from "./libc/mod.ts";

/** A step of the launch failed that the process itself would have taken: it is reported as an execution failure. */
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

/** A launch failed before there was a process. The message is what to log. */
export class PreparationError extends Error {
  override readonly name = "PreparationError";
}

/** The text of a failure before there is a process (lifecycle 11). */
export function preparationText(plan: LaunchPlan, what: string, errno: number): string {
  return `${what}${plan.role === "stop" ? " (for stop command)" : ""}: ${errnoText(errno)}`;
}

/** Does something that makes the launch fail with a text if it fails. */
export function prepare<Result>(plan: LaunchPlan, what: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    throw new PreparationError(preparationText(plan, what, error.errno), { cause: error });
  }
}

/** Does something that makes the launch fail at a stage if it fails. */
export function atStage<Result>(stage: LaunchStage, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    throw new ExecutionError(stage, error.errno);
  }
}
