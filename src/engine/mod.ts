/**
 * The engine decides what must run. It owns the graph of services, the state machine of each service, and the plan of
 * every launch. It performs nothing itself. Commands, process events, timer expiries and console events come in; calls
 * on the interfaces of `ports.ts` go out; the same inputs give the same outputs.
 *
 * Read `lifecycle.ts` first: its head explains how services live, how changes spread and which invariants hold.
 *
 * @module
 */

export { EventRing, type FactsSince, type NumberedFact } from "./event_ring.ts";
export type { EndedProcess, Fact, FactSink, LoadOccasion, Outcome } from "./facts.ts";
export type { DescriptionReader, DescriptionSource, FoundDescription } from "./description_source.ts";
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
export type { ProcessRole, ServiceRecord as Service } from "./graph/record.ts";
export { SavedStateError } from "./schema.ts";
export { restore, type RestoreOptions, type Snapshot, snapshot } from "./snapshot.ts";
