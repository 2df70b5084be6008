/**
 * The steps that streams of events are made of, which only `ctl events` takes: see `steps.ts`.
 *
 * @module
 */

export { type ClientEvent, type DaemonFact, EventStream, type ServiceChange } from "./events.ts";
export { Handles } from "./handles.ts";
