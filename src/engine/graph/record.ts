/**
 * The record of one service and the edges between services: plain data, changed only by the engine.
 * Lifecycle specification 1.3, 1.4 and 8.1.
 */

import {
  DEFAULT_DESCRIPTION,
  DependencyKind,
  type ExitStatus,
  NO_EXIT,
  type ServiceDescription,
  ServiceState,
  ServiceType,
  StopReason,
  type TargetState,
} from "../../model/mod.ts";

/** An edge: *from* depends on, or is ordered against, *to*. */
export interface Edge {
  readonly from: ServiceRecord;
  readonly to: ServiceRecord;
  readonly kind: DependencyKind;
  /** *from* is on its way up and waits for *to*. */
  waiting: boolean;
  /** *from* owns a claim on *to*. Never set on an ordering edge. */
  holding: boolean;
  /**
   * A milestone that was added while *from* was on its way up, and that is not reached yet: *from* does not wait for
   * it, but its failure is one of *from*. @default false
   */
  unmet?: boolean;
}

/** Work that was deferred to the propagation queue (lifecycle 3.12). */
export interface PendingWork {
  claim: boolean;
  release: boolean;
  fail: boolean;
  start: boolean;
  stop: boolean;
}

/** One child process of a service: its command or its stop command. */
export interface Child {
  /** The process id, while there is a process. */
  pid: number | undefined;
  /** The process was asked for, and whether its program could be executed is not known yet. */
  execPending: boolean;
  /** The process ended before the result of the execution was known. */
  ended: ExitStatus | undefined;
}

/** What a service's single timer is for. */
export type TimerReason = "restart-delay" | "start-timeout" | "stop-timeout";

/** What only process-backed services have (lifecycle 8.1). Times are of the engine's clock, in milliseconds. */
export interface ProcessState {
  /** The command (for scripted services also the stop command, one after the other). */
  main: Child;
  /** The stop command of a `process` or `bgprocess` service. */
  stop: Child;
  /** The exit of the main process will be reported: it is a child, or adopted. */
  tracked: boolean;
  /** A bgprocess's main child is the launcher, not the daemon. */
  launching: boolean;
  /** How the main process ended last. */
  exit: ExitStatus;
  /** The stop has been asked of the process. */
  stopIssued: boolean;
  timer: { readonly reason: TimerReason; readonly at: number } | undefined;
  /** When the last process was launched. */
  lastLaunch: number | undefined;
  /** Beginning of the window of the restart limiter, and automatic restarts within it. */
  limitStart: number;
  limitCount: number;
  /** The process ended unexpectedly and is being replaced while the service stays started (lifecycle 8.9). */
  recovering: boolean;
  /** The start of a scripted service is being interrupted. */
  interrupting: boolean;
  /** A readiness notification is awaited. */
  awaitingReadiness: boolean;
  /** Where and why the last launch failed. */
  launchStage: number;
  launchErrno: number;
  /** The reason in words, where these say more than the error number. */
  launchText: string | undefined;
}

/** A service as the engine sees it. */
export interface ServiceRecord {
  /** Unique for the life of the daemon; what hosts and timers name the service by. */
  readonly id: number;
  readonly name: string;
  type: ServiceType;
  description: ServiceDescription;
  state: ServiceState;
  target: TargetState;
  /** When the state was entered, by the engine's clock. */
  since: number;
  explicit: boolean;
  /** Units of "must be up": one for `explicit`, one for each incoming edge that holds. */
  claims: number;
  dependencies: Edge[];
  readonly dependents: Edge[];
  /** How many outgoing edges wait. */
  waits: number;
  /** STARTING: waiting for dependencies. STOPPING: waiting for dependents. */
  waitDeps: boolean;
  waitConsole: boolean;
  haveConsole: boolean;
  /** The service must pass through STOPPED; a stop under way cannot be cancelled. */
  force: boolean;
  pinStart: boolean;
  pinStop: boolean;
  readonly pending: PendingWork;
  /** In which work queues the service is. */
  readonly queued: { propagation: boolean; transition: boolean };
  startFailed: boolean;
  skipped: boolean;
  /** The stop in progress will be followed by an automatic restart. */
  autoRestarting: boolean;
  /** A restart command is pending for this service. */
  userRestart: boolean;
  reason: StopReason;
  /** What there is to bring down: nothing, something half-way (either way), or all of it. */
  brought: "down" | "half" | "up";
  /** Every process of the system is being ended before the bring-down (`kill-all-on-stop`). */
  killingAll: boolean;
  /** The latch of a triggered service. */
  triggered: boolean;
  /** Automatic restarts and recoveries since loading, for people to see. */
  restarts: number;
  /** The service whose standard input is this one's output pipe. */
  consumer: ServiceRecord | undefined;
  /** The description is being read. */
  loading: boolean;
  /** Of its own for a service with processes that has been started; the others share one that never changes. */
  process: ProcessState;
}

/** A service in the state STOPPED that nothing refers to yet. */
export function newRecord(id: number, name: string, type: ServiceType): ServiceRecord {
  return {
    id,
    name,
    type,
    description: DEFAULT_DESCRIPTION,
    state: ServiceState.STOPPED,
    target: ServiceState.STOPPED,
    since: 0,
    explicit: false,
    claims: 0,
    dependencies: [],
    dependents: [],
    waits: 0,
    waitDeps: false,
    waitConsole: false,
    haveConsole: false,
    force: false,
    pinStart: false,
    pinStop: false,
    pending: { claim: false, release: false, fail: false, start: false, stop: false },
    queued: { propagation: false, transition: false },
    startFailed: false,
    skipped: false,
    autoRestarting: false,
    userRestart: false,
    reason: StopReason.NORMAL,
    brought: "down",
    killingAll: false,
    triggered: false,
    restarts: 0,
    consumer: undefined,
    loading: false,
    process: NO_PROCESS,
  };
}

/** A service with processes gets a state of its own for them when it starts first: many are loaded and never start. */
export function prepareProcess(record: ServiceRecord): void {
  if (record.process === NO_PROCESS && isProcessBacked(record.type)) record.process = newProcessState();
}

function newProcessState(): ProcessState {
  return {
    main: noChild(),
    stop: noChild(),
    tracked: false,
    launching: false,
    exit: NO_EXIT,
    stopIssued: false,
    timer: undefined,
    lastLaunch: undefined,
    limitStart: 0,
    limitCount: 0,
    recovering: false,
    interrupting: false,
    awaitingReadiness: false,
    launchStage: 0,
    launchErrno: 0,
    launchText: undefined,
  };
}

const NO_PROCESS: ProcessState = Object.freeze({
  ...newProcessState(),
  main: Object.freeze(noChild()),
  stop: Object.freeze(noChild()),
});

/** Makes a stopped record as good as new; its name, its edges and its place in the load order stay. */
export function resetRecord(record: ServiceRecord, type: ServiceType): void {
  const { id: _id, name: _name, dependencies: _out, dependents: _in, consumer: _consumer, ...fresh } =
    newRecord(
      record.id,
      record.name,
      type,
    );
  Object.assign(record, fresh);
}

/** A child that does not exist. */
export function noChild(): Child {
  return { pid: undefined, execPending: false, ended: undefined };
}

/** Whether there is a process, or one is being made. */
export function isAlive(child: Child): boolean {
  return child.pid !== undefined || child.execPending;
}

/** `before` and `after` constrain the order of starting and nothing else. */
export function isOrdering(kind: DependencyKind): boolean {
  return kind === DependencyKind.BEFORE || kind === DependencyKind.AFTER;
}

/** Whether *from* cannot be up without *to*: a milestone binds only while it is waited for. */
export function isHard(edge: Edge): boolean {
  switch (edge.kind) {
    case DependencyKind.REGULAR:
    case DependencyKind.PREPARED_BY:
      return true;
    case DependencyKind.MILESTONE:
      return edge.waiting;
    default:
      return false;
  }
}

/** Whether nothing has to be brought down for the service to count as stopped. */
export function isTriviallyStopped(service: ServiceRecord): boolean {
  return service.state === ServiceState.STOPPED ||
    (service.state === ServiceState.STARTING && service.waitDeps);
}

/** Whether the service has a process of its own while it runs. */
export function isProcessBacked(type: ServiceType): boolean {
  return type === ServiceType.PROCESS || type === ServiceType.BGPROCESS || type === ServiceType.SCRIPTED;
}

/** Whether the service is starting or started. */
export function isActive(service: ServiceRecord): boolean {
  return service.state === ServiceState.STARTING || service.state === ServiceState.STARTED;
}

/** Sets or clears the waiting flag of an edge, keeping the count of its *from* service. */
export function setWaiting(edge: Edge, waiting: boolean): void {
  if (edge.waiting === waiting) return;
  edge.waiting = waiting;
  edge.from.waits += waiting ? 1 : -1;
}
