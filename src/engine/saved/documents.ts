/**
 * The saved state of the engine as documents. They are written at every step, so this code is written by hand, and
 * leaves out what `schemas.ts` has as a default, and what can be computed from the rest.
 */

import {
  DEFAULT_DESCRIPTION,
  DependencyKind,
  type ServiceDescription,
  ServiceState,
  ShutdownType,
  StopReason,
} from "../../model/mod.ts";
import { type Plain, toPlain } from "../../model/saving.ts";
import type { DueHooks } from "../graph/failure.ts";
import { isLoaded } from "../graph/graph.ts";
import {
  type Child,
  type Edge,
  hasProcessState,
  type ProcessState,
  type ServiceRecord,
} from "../graph/record.ts";
import type { RunState } from "../graph/run.ts";
import type { LifecycleState } from "../lifecycle/lifecycle.ts";
import type { LaunchStep, Phase } from "../lifecycle/phase.ts";
import type { ActivationTimes } from "../times.ts";

/** An object under construction. */
type Fields = { [name: string]: Plain };

/** The data of an engine that belongs to no service. */
export interface EngineData {
  readonly nextId: number;
  readonly shutdownType: ShutdownType;
  /** The longest time for a process to stop, in milliseconds; `undefined`: as in its description. */
  readonly stopLimit: number | undefined;
  readonly lifecycle: LifecycleState;
}

/** The document of the part `engine`. */
export function engineDocument({ nextId, shutdownType, stopLimit, lifecycle }: EngineData): Plain {
  const { heldBack, console } = lifecycle;
  const saved: Fields = { nextId };
  if (shutdownType !== ShutdownType.NONE) saved.shutdownType = shutdownType;
  if (stopLimit !== undefined) saved.stopLimit = stopLimit;
  if (heldBack.length > 0) saved.heldBack = [...heldBack];
  if (console.holder !== "log") saved.console = { holder: console.holder, waiting: [...console.waiting] };
  return saved;
}

/**
 * The document of a service, without its edges; `undefined` if it was never started, and has nothing but its
 * description. A placeholder has no description, but its name here.
 */
export function serviceDocument(service: ServiceRecord): Plain | undefined {
  const { phase, times } = service;
  const saved: Fields = {};
  if (!isLoaded(service)) saved.name = service.name;
  if (phase.kind !== "stopped") saved.phase = savedPhase(phase);
  if (service.since !== 0) saved.since = service.since;
  if (service.target !== ServiceState.STOPPED) saved.target = service.target;
  if (service.explicit) saved.explicit = true;
  if (service.force) saved.force = true;
  if (service.autoRestarting) saved.autoRestarting = true;
  if (service.userRestart) saved.userRestart = true;
  if (service.pinStart) saved.pinStart = true;
  if (service.pinStop) saved.pinStop = true;
  if (service.triggered) saved.triggered = true;
  if (service.parameters !== undefined) saved.parameters = toPlain(service.parameters);
  if (service.hooks !== undefined) saved.hooks = savedHooks(service.hooks);
  if (service.haveConsole) saved.haveConsole = true;
  if (service.startFailed) saved.startFailed = true;
  if (service.gaveUp !== undefined) saved.gaveUp = service.gaveUp;
  if (service.skipped) saved.skipped = true;
  if (service.reason !== StopReason.NORMAL) saved.reason = service.reason;
  if (service.restarts !== 0) saved.restarts = service.restarts;
  if (service.consumer !== undefined) saved.consumer = service.consumer.id;
  if (hasProcessState(service)) saved.process = savedProcess(service.process);
  if (times !== undefined) saved.times = savedTimes(times);
  for (const _ in saved) return saved;
  return undefined;
}

function savedHooks({ cause, exit, due }: DueHooks): Plain {
  return { cause, due: [...due], ...(exit === undefined ? {} : { exit: { ...exit } }) };
}

/** A phase without details is its name. */
function savedPhase(phase: Phase): Plain {
  switch (phase.kind) {
    case "launching":
      return savedStep(phase);
    case "recovering":
      return { kind: phase.kind, step: savedStep(phase.step) };
    case "waiting-for-dependents": {
      const { kind, brought, recovery } = phase;
      return recovery === undefined ? { kind, brought } : { kind, brought, recovery: savedStep(recovery) };
    }
    case "awaiting-execution":
    case "asked-to-stop":
      return { kind: phase.kind, launcher: phase.launcher };
    default:
      return phase.kind;
  }
}

function savedStep(step: LaunchStep): Plain {
  return step.kind === "launching" ? { kind: step.kind, then: step.then } : step.kind;
}

/**
 * The document of an edge. Each edge has one: a service may have many edges, which change one by one.
 */
export function edgeDocument({ from, to, kind, waiting, holding, unmet }: Edge): Plain {
  const saved: Fields = { from: from.id, to: to.id };
  if (kind !== DependencyKind.REGULAR) saved.kind = kind;
  if (waiting) saved.waiting = true;
  if (holding) saved.holding = true;
  if (unmet) saved.unmet = true;
  return saved;
}

function savedProcess(process: ProcessState): Plain {
  const { exit, timer, lastLaunch, launchText, unhealthy } = process;
  const saved: Fields = {};
  for (const role of ["main", "stop"] as const) {
    const child = savedChild(process[role]);
    if (child !== undefined) saved[role] = child;
  }
  if (process.remains !== undefined) saved.remains = { ...process.remains };
  if (process.run !== undefined) saved.run = savedRun(process.run);
  const others: Fields = {};
  for (const [role, other] of Object.entries(process.others)) others[role] = savedChild(other) ?? {};
  if (Object.keys(others).length > 0) saved.others = others;
  if (exit !== undefined) saved.exit = { ...exit };
  if (timer !== undefined) saved.timer = { purpose: timer.purpose, at: timer.at };
  if (lastLaunch !== undefined) saved.lastLaunch = lastLaunch;
  if (process.grownDelay !== 0) saved.grownDelay = process.grownDelay;
  if (process.limitStart !== 0) saved.limitStart = process.limitStart;
  if (process.limitCount !== 0) saved.limitCount = process.limitCount;
  if (process.launchStage !== 0) saved.launchStage = process.launchStage;
  if (process.launchErrno !== 0) saved.launchErrno = process.launchErrno;
  if (unhealthy !== undefined) saved.unhealthy = unhealthy;
  if (launchText !== undefined) saved.launchText = launchText;
  return saved;
}

function savedRun({ current, began, ending, queued }: RunState): Plain {
  const saved: Fields = {};
  if (current !== undefined) saved.current = current;
  if (began !== 0) saved.began = began;
  if (ending !== undefined) saved.ending = ending;
  if (queued !== undefined) saved.queued = queued;
  return saved;
}

/** `undefined`: there is no such process. */
function savedChild({ pid, execPending, ended, foreign }: Child): Plain | undefined {
  if (pid === undefined && !execPending && ended === undefined) return undefined;
  const saved: Fields = {};
  if (pid !== undefined) saved.pid = pid;
  if (execPending) saved.execPending = true;
  if (ended !== undefined) saved.ended = { ...ended };
  if (foreign) saved.foreign = true;
  return saved;
}

function savedTimes(times: ActivationTimes): Plain {
  const saved: Fields = { asked: times.asked };
  if (times.unblocked !== undefined) saved.unblocked = times.unblocked;
  if (times.decidedBy !== undefined) saved.decidedBy = times.decidedBy;
  if (times.launched !== undefined) saved.launched = times.launched;
  if (times.ready !== undefined) saved.ready = times.ready;
  if (times.stopAsked !== undefined) saved.stopAsked = times.stopAsked;
  if (times.ended !== undefined) saved.ended = times.ended;
  return saved;
}

/** The document of the description of a loaded service: what differs from the default description. */
export function descriptionDocument({ description, name, type }: ServiceRecord): Plain {
  // The record has the name and the type that count.
  const saved: Fields = { name, type };
  for (const setting of SETTINGS) {
    const value = description[setting];
    if (value === DEFAULT_DESCRIPTION[setting]) continue;
    if (Array.isArray(value) && value.length === 0) continue; // every list is empty by default
    const special = SPECIAL[setting];
    saved[setting] = special === undefined ? value as Plain : special(description);
  }
  return saved;
}

const SETTINGS = (Object.keys(DEFAULT_DESCRIPTION) as (keyof ServiceDescription)[]) // it has all fields of its type
  .filter((setting) => setting !== "name" && setting !== "type");

/** Settings whose values are not plain; those of the others, which never change, are the same objects. */
const SPECIAL: { readonly [Setting in keyof ServiceDescription]?: (from: ServiceDescription) => Plain } = {
  environment: ({ environment }) => toPlain(environment),
  limits: ({ limits }) => toPlain(limits),
  runAs: ({ runAs }) => toPlain(runAs),
  health: ({ health }) => toPlain(health),
  schedule: ({ schedule }) => toPlain(schedule),
  flags: ({ flags }) => Object.fromEntries(Object.entries(flags).filter(([, set]) => set)),
};

/** The document of the part `environment`: the variables that clients have changed; `undefined`: removed. */
export function environmentDocument(changes: ReadonlyMap<string, string | undefined>): Plain | undefined {
  if (changes.size === 0) return undefined;
  return {
    changes: [...changes].map(([name, value]): Plain => value === undefined ? { name } : { name, value }),
  };
}
