/**
 * The engine decides what must run: it owns the graph of services, the state machine of each of them, and the plan
 * of every launch. It performs nothing itself. Commands, process events, timer expiries and console events come in;
 * calls on the interfaces of `ports.ts` go out; the same inputs give the same outputs.
 *
 * Read `lifecycle.ts` first: its opening page says how services live, how changes spread and what always holds.
 *
 * @module
 */

export { ServiceGraph } from "./graph/graph.ts";
export {
  type LaunchPlan,
  logFilePath,
  type OutputPlan,
  type ProcessRole,
  type SessionPlan,
} from "./launcher/launch_plan.ts";
export type { Behaviour } from "./launcher/behaviour.ts";
export type { Lifecycle } from "./lifecycle/lifecycle.ts";
export { ServiceManager } from "./manager.ts";
export type { ManagerOptions } from "./manager_options.ts";
export type {
  Clock,
  ConsolePort,
  EngineEvents,
  EngineLog,
  EnvironmentListener,
  LaunchRefusal,
  LogLevel,
  PidFileOutcome,
  ProcessHost,
  ServiceListener,
  SignalOutcome,
  Trouble,
} from "./ports.ts";
export type { ServiceRecord as Service } from "./graph/record.ts";
export { restore, type RestoreOptions, type Snapshot, snapshot } from "./snapshot.ts";
