/**
 * What a view of all services is made of, which only `up` shows: see `steps.ts`.
 *
 * @module
 */

export { Client } from "./client.ts";
export type { SystemInfo } from "./overview.ts";
export type { ServiceInfo } from "./service_info.ts";
