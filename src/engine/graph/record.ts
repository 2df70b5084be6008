/**
 * The record of one service and the edges between services: plain data that only the engine changes. Lifecycle
 * specification 1.3, 1.4 and 8.1.
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
import type { DueHooks, GaveUp } from "./failure.ts";
import type { EndingRemains } from "./remains.ts";
import type { RunState } from "./run.ts";
import type { StartParameters } from "./start_parameters.ts";

/** An edge: *from* depends on, or is ordered against, *to*. */
export interface Edge {
  /** The dependent, or the service that is ordered. */
  readonly from: ServiceRecord;
  /** The dependency, or the service that it is ordered against. */
  readonly to: ServiceRecord;
  /** What the edge means for both services. */
  readonly kind: DependencyKind;
  /** Unique, and larger than that of all earlier edges: the edges of a service are in this order. */
  readonly order: number;
  // ---- Only `graph.ts: ServiceGraph` writes these fields
  /** *from* is starting and waits for *to*. */
  readonly waiting: boolean;
  /** *from* has a claim on *to*. Never set on an ordering edge. */
  readonly holding: boolean;
  /**
   * A milestone that was added while *from* was starting, and is not reached yet: *from* does not wait for it, but
   * fails if it fails.
   */
  readonly unmet: boolean;
}

/**
 * The role of a process in its service. The engine has `main`, the command of the service, and `stop`, the stop command
 * of a `process` or `bgprocess` service. A service may have one process in each role.
 */
export type ProcessRole = string;

/** The role of the command of a health check. The engine does not know it: those who check launch and end it. */
export const HEALTH_CHECK: ProcessRole = "health-check";

/** The role of the command of `watch-action`; those who watch the files launch it. */
export const WATCH_COMMAND: ProcessRole = "watch-command";

/** One child process of a service: its command or its stop command. */
export interface Child {
  /** The process id, while there is a process. */
  pid: number | undefined;
  /** The launch was requested, and it is not known yet whether the program could be executed. */
  execPending: boolean;
  /** The exit status, if the process ended before the result of the execution was known. */
  ended: ExitStatus | undefined;
  /** Adopted from a pid file and not a child of the host, so its exit will not be reported. */
  foreign: boolean;
}

/** The purpose of the timer for the service's processes: it waits for one event at a time. */
export type TimerPurpose = "restart-delay" | "start-timeout" | "stop-timeout" | "run-limit";

/**
 * The fields of process-backed services (lifecycle 8.1): processes, times and results. The current activity is the
 * phase. Times are in milliseconds of the engine's clock.
 */
export interface ProcessState {
  /** The command; for scripted services also the stop command, one after the other. */
  main: Child;
  /** The stop command of a `process` or `bgprocess` service. */
  stop: Child;
  /** What the ended main process may have left, as long as the service waits for its end (`kill-mode`). */
  remains: EndingRemains | undefined;
  /** The run of a scheduled service; `undefined`: it has never run. */
  run: RunState | undefined;
  /** Processes in other roles. */
  others: Readonly<Record<ProcessRole, Child>>;
  /** The last exit status of the main process; `undefined` if no process has ended yet. */
  exit: ExitStatus | undefined;
  /** What the timer waits for, and the moment at which it expires; `undefined`: it is off. */
  timer: { readonly purpose: TimerPurpose; readonly at: number } | undefined;
  /** Why the service was unhealthy last; `undefined`: it never was. */
  unhealthy: string | undefined;
  /** When the last process was launched. */
  lastLaunch: number | undefined;
  /** The restart delay to which `restart-delay-factor` has led; 0: that of the description. */
  grownDelay: number;
  /** Beginning of the window of the restart limiter. */
  limitStart: number;
  /** Automatic restarts within that window. */
  limitCount: number;
  /** The step at which the last launch failed, a `LaunchStage`. */
  launchStage: number;
  /** The number of the system's error of the last failed launch; 0: none has failed. */
  launchErrno: number;
  /** The reason in words, if these say more than the error number. */
  launchText: string | undefined;
}

/** A service as the engine sees it. */
export interface ServiceRecord {
  /** Unique for the life of the daemon; hosts and timers identify the service by it. */
  readonly id: number;
  /** The full name, with `@argument` if there is one. */
  readonly name: string;
  /** What kind of service it is; a placeholder stands for a service that is not loaded. */
  readonly type: ServiceType;
  /** What its description says, as of the last (re)load. */
  readonly description: ServiceDescription;

  // ---- Current position: only `agenda.ts: enter` writes it
  /** What it waits for. */
  readonly phase: Phase;
  /** The public state that the phase belongs to. */
  readonly state: ServiceState;
  /** When the state was entered, by the engine's clock. */
  readonly since: number;

  // ---- Requests, some of them for later
  /** The state in which it is meant to end. */
  target: TargetState;
  /** Explicitly activated; this is one of the claims. */
  explicit: boolean;
  /** The number of claims: one for `explicit`, one for each incoming edge that holds. */
  claims: number;
  /** The service must pass through STOPPED; the current stop cannot be cancelled. */
  force: boolean;
  /** The next bring-up is an automatic restart, to which the restart delay applies. */
  autoRestarting: boolean;
  /** A restart command is not carried out yet. */
  userRestart: boolean;
  /** It may not be stopped, but by `unpin`. */
  pinStart: boolean;
  /** It may not be started, but by `unpin`. */
  pinStop: boolean;
  /** The latch of a triggered service. */
  triggered: boolean;
  /** What the current start, and its restarts, give to its processes; `undefined`: nothing. */
  parameters: StartParameters | undefined;
  /** The services that its last failure has to start; `undefined`: none, or they were started. */
  hooks: DueHooks | undefined;

  // ---- Possessions
  /** Edges to the services that it depends on, or is ordered after. */
  readonly dependencies: Edge[];
  /** Edges from the services that depend on it, or are ordered after it. */
  readonly dependents: Edge[];
  /** The number of waiting outgoing edges; counting them each time would cost too much. */
  readonly waits: number;
  /** The service has the console. */
  haveConsole: boolean;
  /** The service whose standard input is the output pipe of this one. */
  readonly consumer: ServiceRecord | undefined;
  /** A service with processes gets its own object when it first starts; the others share one that never changes. */
  process: ProcessState;

  // ---- History
  /** The times of the last activation; `undefined` if it was never started. */
  times: ActivationTimes | undefined;
  /** The last start failed. */
  startFailed: boolean;
  /** Why it does not restart; `undefined`: it has not given up since its last start. */
  gaveUp: GaveUp | undefined;
  /** The last start was skipped by an interrupt. */
  skipped: boolean;
  /** Why it stopped last. */
  reason: StopReason;
  /** Automatic restarts and recoveries since loading, for people. */
  restarts: number;

  // ---- Marks of queued work; none when the engine is at rest
  /** Bits of `Work`. */
  work: number;
  /** The description is being read. */
  loading: boolean;
}
/** A service in the state STOPPED, without references to it. */
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
    parameters: undefined,
    hooks: undefined,
    dependencies: [],
    dependents: [],
    waits: 0,
    haveConsole: false,
    consumer: undefined,
    process: NO_PROCESS,
    times: undefined,
    startFailed: false,
    gaveUp: undefined,
    skipped: false,
    reason: StopReason.NORMAL,
    restarts: 0,
    work: 0,
    loading: false,
  };
}

/**
 * Creates the process state of a service with processes at its first start, because many services are loaded and never
 * start.
 */
export function prepareProcess(record: ServiceRecord): void {
  if (record.process === NO_PROCESS && hasProcess(record.type)) record.process = newProcessState();
}

/** Shared while a service has no processes in other roles. */
const NO_OTHERS: Readonly<Record<ProcessRole, Child>> = Object.freeze({});

/** Whether the service has its own process state. */
export function hasProcessState(record: ServiceRecord): boolean {
  return record.process !== NO_PROCESS;
}

function newProcessState(): ProcessState {
  return {
    main: noChild(),
    stop: noChild(),
    remains: undefined,
    run: undefined,
    others: NO_OTHERS,
    exit: undefined,
    timer: undefined,
    unhealthy: undefined,
    lastLaunch: undefined,
    grownDelay: 0,
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

/** Resets a stopped record; its name, its edges and its place in the load order stay. */
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

/** The process in a role; `undefined` if the service never had one in this role. */
export function childOf({ main, stop, others }: ProcessState, role: ProcessRole): Child | undefined {
  return role === "main" ? main : role === "stop" ? stop : others[role];
}

/** The child of a process in a role; it is added if there was none before. */
export function ensureChild(process: ProcessState, role: ProcessRole): Child {
  const known = childOf(process, role);
  if (known !== undefined) return known;
  const child = noChild();
  process.others = { ...process.others, [role]: child };
  return child;
}

/** Whether there is a process, or one is being made. */
export function isAlive(child: Child): boolean {
  return child.pid !== undefined || child.execPending;
}

/** Whether signals reach it: it has a process, or a launch is under way and the host holds them until then. */
export function takesSignals(child: Child): boolean {
  return child.pid !== undefined || (child.execPending && child.ended === undefined);
}

/** Whether a process was requested and does not exist yet. */
export function isBeingMade({ main, stop }: ProcessState): boolean {
  return [main, stop].some(({ pid, execPending, ended }) =>
    execPending && pid === undefined && ended === undefined
  );
}

/** Whether the main process has ended, and the service waits for the end of what it has left. */
export function endsRemains({ remains }: ProcessState): boolean {
  return remains !== undefined && remains.signal !== 0;
}

/** Whether *from* cannot be up without *to*: a milestone is hard only while *from* waits for it. */
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

/** Whether the service counts as stopped without a bring-down. */
export function isTriviallyStopped(service: ServiceRecord): boolean {
  return service.state === ServiceState.STOPPED ||
    service.phase.kind === "waiting-for-dependencies";
}

/** Whether the service is starting or started. */
export function isActive(service: ServiceRecord): boolean {
  return service.state === ServiceState.STARTING || service.state === ServiceState.STARTED;
}
