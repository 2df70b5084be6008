/**
 * The engine decides what must run. It owns the graph of services, the state machine of each service, and the plan of
 * every launch. It performs nothing itself. Commands, process events, timer expiries and console events come in; calls
 * on the interfaces of `ports.ts` go out; the same inputs give the same outputs.
 *
 * Read `lifecycle.ts` first: its head explains how services live, how changes spread and which invariants hold.
 *
 * @example An engine without files and processes: what starting one service does to another
 * ```ts
 * import { MainEnvironment } from "@dinit/dinit/description";
 * import { type DescriptionSource, EventRing, type ProcessHost, ServiceManager } from "@dinit/dinit/engine";
 * import { DEFAULT_DESCRIPTION, DependencyKind, LaunchStage } from "@dinit/dinit/model";
 *
 * const NEEDS: Record<string, string[]> = { site: ["database"], database: [] };
 *
 * const source: DescriptionSource = {
 *   directories: [],
 *   find: (name) => ({
 *     read: ({ dependency }) => {
 *       for (const to of NEEDS[name]) dependency({ name: to, fromDirectory: false });
 *       const dependencies = NEEDS[name].map((to) => ({ kind: DependencyKind.REGULAR, name: to }));
 *       return { ...DEFAULT_DESCRIPTION, name, dependencies };
 *     },
 *   }),
 * };
 *
 * // The services are of the type `internal`, which has no process: most of this is never called.
 * const host: ProcessHost = {
 *   unsupported: () => undefined,
 *   launch: () => ({ stage: LaunchStage.EXECUTE, errno: 38, error: "there are no processes here" }),
 *   signal: () => "no-process",
 *   openActivationSocket: () => undefined,
 *   serviceInactive: () => {},
 *   serviceUnloaded: () => {},
 *   adoptFromPidFile: () => ({ kind: "invalid", pid: -1 }),
 *   killAll: () => {},
 *   bufferedLog: () => undefined,
 * };
 *
 * const facts = new EventRing();
 * const manager = new ServiceManager({
 *   source,
 *   host,
 *   facts,
 *   environment: new MainEnvironment(),
 *   clock: {
 *     now: () => performance.now(),
 *     wallOf: (time) => performance.timeOrigin + time,
 *     setTimer: () => {},
 *     clearTimer: () => {},
 *   },
 *   console: { requestConsole: () => true, returnConsole: () => {}, takeForeground: () => {} },
 * });
 *
 * manager.start(manager.load("site"));
 * for (const fact of facts.since(0).facts) {
 *   if ("service" in fact && fact.kind !== "phase") console.log(fact.seq, fact.service, fact.kind);
 * }
 * ```
 *
 * @module
 */

export type {
  BufferedOutput,
  BufferReading,
  DeclaredDependency,
  DenoSettings,
  DependencyKind,
  EnvironmentOverlay,
  ExitStatus,
  FailureReport,
  FileTime,
  GroupSettings,
  HealthAction,
  HealthDocument,
  HealthSettings,
  KillMode,
  LaunchFailure,
  LaunchStage,
  LimitValue,
  LoadedServiceType,
  LoadError,
  LoadErrorFacts,
  LoadErrorKind,
  Location,
  LogFormat,
  LogStamps,
  LogType,
  ProcessKind,
  ReadyBy,
  ResourceLimit,
  RestartLimit,
  RestartPolicy,
  RunDocument,
  SandboxSettings,
  ScheduleOverlap,
  ScheduleSettings,
  ServiceDescription,
  ServiceEvent,
  ServiceFlags,
  ServiceOverview,
  ServiceState,
  ServiceStatus,
  ServiceTimes,
  ServiceType,
  ShutdownType,
  StopReason,
  TargetState,
  TimerDocument,
  UnkeptOutput,
  UserIds,
  WaitStatus,
  WatchAction,
  WatchSettings,
} from "../model/mod.ts";
export { EventRing, type EventRingOptions, type FactsSince, type NumberedFact } from "./event_ring.ts";
export type {
  Dependents,
  LinkResult,
  OrderResult,
  RestartResult,
  SignalResult,
  StartOptions,
  StartResult,
  StopResult,
  WakeResult,
} from "./commands.ts";
export type {
  EndedProcess,
  Fact,
  FactSink,
  FactSubject,
  FactTime,
  GeneralFact,
  LoadOccasion,
  OutcomeFact,
  ServiceFact,
} from "./facts.ts";
export type { DescriptionCallbacks, DescriptionSource, FoundDescription } from "./description_source.ts";
export { HEALTH_CHECK, WATCH_COMMAND } from "./graph/record.ts";
export { failureCause } from "./launcher/restart_policy.ts";
export { isReplaceable } from "./launcher/replacement.ts";
export { ServiceGraph } from "./graph/graph.ts";
export type { StateChanges } from "./graph/state_changes.ts";
export {
  type LaunchPlan,
  launchPlan,
  type LaunchRequest,
  logFilePath,
  type NotifyPlan,
  type OutputPlan,
  type SessionPlan,
} from "./launcher/launch_plan.ts";
export type { Behaviour, Interruption } from "./launcher/behaviour.ts";
export type { ConsoleState } from "./lifecycle/console.ts";
export type { FailureOptions } from "./lifecycle/ending.ts";
export type { Haste } from "./lifecycle/haste.ts";
export type { Lifecycle, LifecycleState } from "./lifecycle/lifecycle.ts";
export { awaitsReadiness, launchStep } from "./lifecycle/phase.ts";
export type { AfterExecution, Brought, LaunchStep, Phase, PhaseKind } from "./lifecycle/phase.ts";
export type { LifecycleReaction, ProcessReaction, Reaction } from "./lifecycle/phase_table.ts";
export type { Handler, Reactions } from "./lifecycle/reactions.ts";
export { ServiceManager } from "./manager.ts";
export type { ManagerOptions } from "./manager_options.ts";
export type {
  Clock,
  ConsolePort,
  EngineEvents,
  EnvironmentListener,
  EnvironmentPort,
  LaunchRefusal,
  PidFileOutcome,
  ProcessHost,
  ServiceListener,
  SignalOutcome,
  TimerName,
} from "./ports.ts";
export type { DueHooks, FailureCause, GaveUp } from "./graph/failure.ts";
export type { EndingRemains, Remains } from "./graph/remains.ts";
export type { RunCause, RunResult, RunState } from "./graph/run.ts";
export type { StartParameters } from "./graph/start_parameters.ts";
export type { Child, Edge, ProcessRole, ProcessState, ServiceRecord, TimerPurpose } from "./graph/record.ts";
export type { ActivationTimes } from "./times.ts";
export type { Plain, StatePart, StateStore } from "../model/saving.ts";
