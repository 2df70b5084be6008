/**
 * The record of one service and the edges between services: plain data, changed only by the engine.
 * Lifecycle specification 1.3, 1.4 and 8.1.
 */

import {
  DEFAULT_DESCRIPTION,
  DependencyKind,
  type ExitStatus,
  hasProcess,
  type ServiceDescription,
  ServiceState,
  type ServiceType,
  StopReason,
  type TargetState,
} from "../../model/mod.ts";
import { PHASE, type Phase } from "../lifecycle/phase.ts";
import type { ActivationTimes } from "../times.ts";

/** An edge: *from* depends on, or is ordered against, *to*. */
export interface Edge {
  /** The dependent, or the service that is ordered. */
  readonly from: ServiceRecord;
  /** The dependency, or the service that it is ordered against. */
  readonly to: ServiceRecord;
  /** What the edge means for both services. */
  readonly kind: DependencyKind;
  /** *from* is on its way up and waits for *to*. */
  waiting: boolean;
  /** *from* owns a claim on *to*. Never set on an ordering edge. */
  holding: boolean;
  /**
   * A milestone that was added while *from* was on its way up, and that is not reached yet: *from* does not wait for
   * it, but its failure is one of *from*.
   */
  unmet: boolean;
}

/**
 * What is left to do for a service, as bits of its `work`: the work that was deferred to the propagation queue
 * (lifecycle 3.12), and in which queues the service is. Bits, because every service has them and few need them.
 */
export const Work = {
  CLAIM: 1,
  RELEASE: 2,
  FAIL: 4,
  START: 8,
  STOP: 16,
  IN_PROPAGATION: 32,
  IN_TRANSITIONS: 64,
} as const;
export type Work = (typeof Work)[keyof typeof Work];

/** Takes a piece of work off a service; false if it is not due. */
export function takeWork(service: ServiceRecord, work: Work): boolean {
  if ((service.work & work) === 0) return false;
  service.work &= ~work;
  return true;
}

/**
 * What a process is to its service. The engine has `main`, the command of the service, and `stop`, the stop command of a
 * `process` or `bgprocess` service; a service may have one process in each role.
 */
export type ProcessRole = string;

/** One child process of a service: its command or its stop command. */
export interface Child {
  /** The process id, while there is a process. */
  pid: number | undefined;
  /** The process was asked for, and whether its program could be executed is not known yet. */
  execPending: boolean;
  /** The process ended before the result of the execution was known. */
  ended: ExitStatus | undefined;
  /** Adopted from a pid file and not a child of the host: nobody will tell when it ends. */
  foreign: boolean;
}

/** What the timer of a service's processes is for: it waits for one thing at a time. */
export type TimerPurpose = "restart-delay" | "start-timeout" | "stop-timeout";

/**
 * What only process-backed services have (lifecycle 8.1): what there is, what was measured, and how it went last.
 * What is going on is the phase. Times are of the engine's clock, in milliseconds.
 */
export interface ProcessState {
  /** The command (for scripted services also the stop command, one after the other). */
  main: Child;
  /** The stop command of a `process` or `bgprocess` service. */
  stop: Child;
  /** Processes in other roles. */
  others: Readonly<Record<ProcessRole, Child>>;
  /** How the main process ended last; `undefined`: none has ended yet. */
  exit: ExitStatus | undefined;
  /** What the timer waits for, and the moment at which it expires; `undefined`: it is off. */
  timer: { readonly purpose: TimerPurpose; readonly at: number } | undefined;
  /** When the last process was launched. */
  lastLaunch: number | undefined;
  /** Beginning of the window of the restart limiter. */
  limitStart: number;
  /** Automatic restarts within that window. */
  limitCount: number;
  /** The step at which the last launch failed, a `LaunchStage`. */
  launchStage: number;
  /** The number of the system's error of the last failed launch; 0: none has failed. */
  launchErrno: number;
  /** The reason in words, where these say more than the error number. */
  launchText: string | undefined;
}

/** A service as the engine sees it. */
export interface ServiceRecord {
  /** Unique for the life of the daemon; what hosts and timers name the service by. */
  readonly id: number;
  /** The full name, with `@argument` if there is one. */
  readonly name: string;
  /** What kind of service it is; a placeholder stands for a service that is not loaded. */
  type: ServiceType;
  /** What its description says, as of the last (re)load. */
  description: ServiceDescription;

  // ---- Where it is: written by `agenda.ts: enter` alone
  /** What it waits for. */
  readonly phase: Phase;
  /** The public state that the phase belongs to. */
  readonly state: ServiceState;
  /** When the state was entered, by the engine's clock. */
  readonly since: number;

  // ---- Where it is meant to be: orders that have been given, some of them for later
  /** The state in which it is meant to end. */
  target: TargetState;
  /** Started by name; this is one of the claims. */
  explicit: boolean;
  /** Units of "must be up": one for `explicit`, one for each incoming edge that holds. */
  claims: number;
  /** The service must pass through STOPPED; a stop under way cannot be called off. */
  force: boolean;
  /** The next bring-up is an automatic restart, for which the restart delay holds. */
  autoRestarting: boolean;
  /** A restart command has still to be carried out. */
  userRestart: boolean;
  /** It may not be stopped, but by `unpin`. */
  pinStart: boolean;
  /** It may not be started, but by `unpin`. */
  pinStop: boolean;
  /** The latch of a triggered service. */
  triggered: boolean;

  // ---- What it has
  /** Edges to the services that it depends on, or is ordered after. */
  dependencies: Edge[];
  /** Edges from the services that depend on it, or are ordered after it. */
  readonly dependents: Edge[];
  /** How many outgoing edges wait: counting them each time would cost too much. */
  waits: number;
  /** The service has the console. */
  haveConsole: boolean;
  /** The service whose standard input is this one's output pipe. */
  consumer: ServiceRecord | undefined;
  /** Of its own for a service with processes that has been started; the others share one that never changes. */
  process: ProcessState;

  // ---- How it went
  /** When the steps of the last activation were reached; `undefined` if it was never started. */
  times: ActivationTimes | undefined;
  /** The last start failed. */
  startFailed: boolean;
  /** The last start was skipped by an interrupt. */
  skipped: boolean;
  /** Why it stopped last. */
  reason: StopReason;
  /** Automatic restarts and recoveries since loading, for people to see. */
  restarts: number;

  // ---- Notes of the work under way; nothing whenever the engine is at rest
  /** Bits of `Work`. */
  work: number;
  /** The description is being read. */
  loading: boolean;
}
/** A service in the state STOPPED that nothing refers to yet. */
export function newRecord(id: number, name: string, type: ServiceType): ServiceRecord {
  return {
    id,
    name,
    type,
    description: DEFAULT_DESCRIPTION,
    phase: PHASE.stopped,
    state: ServiceState.STOPPED,
    since: 0,
    target: ServiceState.STOPPED,
    explicit: false,
    claims: 0,
    force: false,
    autoRestarting: false,
    userRestart: false,
    pinStart: false,
    pinStop: false,
    triggered: false,
    dependencies: [],
    dependents: [],
    waits: 0,
    haveConsole: false,
    consumer: undefined,
    process: NO_PROCESS,
    times: undefined,
    startFailed: false,
    skipped: false,
    reason: StopReason.NORMAL,
    restarts: 0,
    work: 0,
    loading: false,
  };
}

/** A service with processes gets a state of its own for them when it starts first: many are loaded and never start. */
export function prepareProcess(record: ServiceRecord): void {
  if (record.process === NO_PROCESS && hasProcess(record.type)) record.process = newProcessState();
}

/** Shared as long as a service has no processes in other roles. */
const NO_OTHERS: Readonly<Record<ProcessRole, Child>> = Object.freeze({});

/** Whether the service has a state of its own for its processes. */
export function hasProcessState(record: ServiceRecord): boolean {
  return record.process !== NO_PROCESS;
}

function newProcessState(): ProcessState {
  return {
    main: noChild(),
    stop: noChild(),
    others: NO_OTHERS,
    exit: undefined,
    timer: undefined,
    lastLaunch: undefined,
    limitStart: 0,
    limitCount: 0,
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
  return { pid: undefined, execPending: false, ended: undefined, foreign: false };
}

/** The process of a role; `undefined` if the service never had one in that role. */
export function childOf({ main, stop, others }: ProcessState, role: ProcessRole): Child | undefined {
  return role === "main" ? main : role === "stop" ? stop : others[role];
}

/** Whether there is a process, or one is being made. */
export function isAlive(child: Child): boolean {
  return child.pid !== undefined || child.execPending;
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
    service.phase.kind === "waiting-for-dependencies";
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
