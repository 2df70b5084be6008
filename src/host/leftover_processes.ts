/**
 * The processes that a killed daemon has left. A daemon loads this only if a journal names some.
 *
 * @module
 */

export { type EndOptions, endProcesses } from "./processes/end_processes.ts";
export { findLeftovers, launchesOver, type Leftover, ownerLives } from "./processes/leftovers.ts";
export { RefusedVariables } from "./launch/refused_variables.ts";
