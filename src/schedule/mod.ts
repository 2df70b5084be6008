/**
 * Schedules: when scheduled services run next, what follows when such a time was missed, and how their last runs have
 * ended. The engine runs the services; this room says when. The daemon loads it with the first scheduled service.
 *
 * @module
 */

export { Scheduler, type SchedulerContext } from "./scheduler.ts";
