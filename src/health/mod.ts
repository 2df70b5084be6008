/**
 * Watches the health of services: checks by HTTP, by a connection or by a command, the messages of processes, and their
 * watchdogs. It tells the engine when a service is ready or unhealthy. Only a daemon with such services loads it.
 * docs/health.md.
 *
 * @module
 */

export { type HealthContext, HealthWatch } from "./health_watch.ts";
