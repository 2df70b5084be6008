/**
 * The engine decides what must run: it owns the graph of services, the state machine of each of them, and the plan
 * of every launch. It performs nothing itself. Commands, process events, timer expiries and console events come in;
 * calls on the interfaces of `ports.ts` go out; the same inputs give the same outputs.
 *
 * Read `lifecycle.ts` first: its opening page says how services live, how changes spread and what always holds.
 *
 * @module
 */

export { EventRing, type FactsSince, type NumberedFact } from "./event_ring.ts";
export type { EndedProcess, Fact, FactSink, LoadOccasion, OutcomeFact } from "./facts.ts";
export type { DescriptionCallbacks, DescriptionSource, FoundDescription } from "./description_source.ts";
export { ServiceGraph } from "./graph/graph.ts";
export { type LaunchPlan, logFilePath, type OutputPlan, type SessionPlan } from "./launcher/launch_plan.ts";
export type { Behaviour } from "./launcher/behaviour.ts";
export type { Lifecycle } from "./lifecycle/lifecycle.ts";
export { ServiceManager } from "./manager.ts";
export type { ManagerOptions } from "./manager_options.ts";
export type {
  Clock,
  ConsolePort,
  EngineEvents,
  EnvironmentListener,
  LaunchRefusal,
  PidFileOutcome,
  ProcessHost,
  ServiceListener,
  SignalOutcome,
  TimerName,
} from "./ports.ts";
export type { ProcessRole, ServiceRecord } from "./graph/record.ts";
export { SavedStateError } from "./schema.ts";
export { restore, type RestoreOptions, type Snapshot, snapshot } from "./snapshot.ts";
