/**
 * The replacement of the program of this process by another one, which is first run as a child. A daemon loads it at an
 * upgrade, and after one.
 *
 * @module
 */

export { Execution, type ExecutionOptions } from "./execution.ts";
export { ProgramRunner, type RunEnd, type RunReports } from "./machine_run.ts";
