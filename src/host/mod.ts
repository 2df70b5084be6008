/**
 * The host does what the engine decides: it starts, signals and watches processes, and keeps time. It implements
 * the interfaces that the engine declares, and knows nothing of services but what a launch plan says.
 *
 * @module
 */

export { CommandHost, type ProcessReports } from "./command_host.ts";
export { SystemClock } from "./system_clock.ts";
