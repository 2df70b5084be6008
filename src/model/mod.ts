/**
 * The vocabulary of the program: names, states, dependency kinds, signals, error numbers, exit statuses, service
 * descriptions and the errors of loading. It has plain data and small pure functions. It imports nothing from other
 * rooms, and every other room may import it.
 *
 * @example Words for numbers, and back
 * ```ts
 * import { errnoText, signalNumber } from "@dinit/dinit/model";
 *
 * console.log(errnoText(2), signalNumber("HUP"));
 * ```
 *
 * @module
 */

export * from "./bytes.ts";
export * from "./deno_settings.ts";
export * from "./description.ts";
export * from "./errno.ts";
export * from "./errors.ts";
export * from "./exit_status.ts";
export * from "./grants.ts";
export * from "./group_settings.ts";
export * from "./health_settings.ts";
export type * from "./health_status.ts";
export * from "./names.ts";
export * from "./program_path.ts";
export * from "./sandbox_settings.ts";
export * from "./schedule_settings.ts";
export type * from "./schedule_status.ts";
export * from "./service_types.ts";
export * from "./signals.ts";
export * from "./states.ts";
export * from "./status.ts";
export * from "./typed_module.ts";
export * from "./version.ts";
export * from "./watch_settings.ts";
