/** The schemas of the engine's documents, which `documents.ts` writes. */

import { DependencyKind, type ExitStatus, ServiceState, ShutdownType, StopReason } from "../../model/mod.ts";
import {
  flag,
  hasFields,
  listOf,
  number,
  object,
  oneOf,
  optional,
  or,
  SavedStateError,
  type Schema,
  text,
} from "../../model/saving.ts";
import type { DueHooks, FailureCause, GaveUp } from "../graph/failure.ts";
import type { Child, Edge, ProcessState, ServiceRecord } from "../graph/record.ts";
import type { EndingRemains } from "../graph/remains.ts";
import { noRun, type RunCause, type RunState } from "../graph/run.ts";
import type { StartParameters } from "../graph/start_parameters.ts";
import type { LifecycleState } from "../lifecycle/lifecycle.ts";
import { type AfterExecution, launching, type LaunchStep, PHASE, type Phase } from "../lifecycle/phase.ts";
import type { ActivationTimes } from "../times.ts";

/** Data that is computed after a restore: sums, and marks that are empty at rest. */
type WorkedOut = "state" | "claims" | "waits" | "work" | "loading";

/** A service without its description and its neighbours. */
export type SavedService =
  & Omit<
    ServiceRecord,
    | WorkedOut
    | "id"
    | "name"
    | "type"
    | "description"
    | "dependencies"
    | "dependents"
    | "consumer"
    | "process"
  >
  & {
    /** Only of a placeholder; the others have the name of their description. */
    readonly name: string | undefined;
    /** An id. */
    readonly consumer: number | undefined;
    /** Absent if the service never had processes. */
    readonly process: ProcessState | undefined;
  };

/** The document of the part `edge`; its number is the order of the edge, and `from` and `to` are ids. */
export type SavedEdge = Omit<Edge, "order" | "from" | "to"> & { readonly from: number; readonly to: number };

/** The document of the part `engine`. */
export interface SavedEngine extends LifecycleState {
  readonly nextId: number;
  readonly shutdownType: ShutdownType;
  readonly stopLimit: number | undefined;
}

/** The document of the part `environment`; without a value, the variable was removed. */
export interface SavedEnvironment {
  readonly changes: readonly { readonly name: string; readonly value: string | undefined }[];
}

const exitStatus: Schema<ExitStatus> = (saved, path) => {
  const kind = oneOf(["exited", "killed", "unknown"])(hasFields(saved) ? saved.kind : saved, `${path}.kind`);
  if (kind === "unknown") return object({ kind: oneOf(["unknown"]) })(saved, path);
  return kind === "exited" ? object({ kind: oneOf(["exited"]), code: number })(saved, path) : object({
    kind: oneOf(["killed"]),
    signal: number,
    core: or(flag, false),
    memoryLimit: optional(number),
  })(saved, path);
};

const savedChild: Schema<Child> = object<Child>({
  pid: optional(number),
  execPending: or(flag, false),
  ended: optional(exitStatus),
  foreign: or(flag, false),
});

/** Each child has its own object, which changes. */
const child: Schema<Child> = (saved, path) => savedChild(saved ?? {}, path);

const children: Schema<Record<string, Child>> = (saved, path) => {
  if (!hasFields(saved)) throw new SavedStateError(path, "is not an object");
  return Object.fromEntries(
    Object.entries(saved).map(([role, inner]) => [role, child(inner, `${path}.${role}`)]),
  );
};

const runCause = oneOf<RunCause>(["schedule", "trigger", "catch-up", "retry"]);

const savedRun = object<Omit<RunState, "due">>({
  current: optional(runCause),
  began: or(number, 0),
  ending: optional(oneOf(["overdue", "replaced"])),
  queued: optional(runCause),
});

/** Each service has its own object, which changes. */
const run: Schema<RunState> = (saved, path) => ({ ...noRun(), ...savedRun(saved, path) });

const process: Schema<ProcessState> = object<ProcessState>({
  main: child,
  stop: child,
  remains: optional(
    object<EndingRemains>({ pid: number, group: number, session: number, since: number, signal: number }),
  ),
  run: optional(run),
  others: (saved, path) => children(saved ?? {}, path),
  exit: optional(exitStatus),
  timer: optional(object({
    purpose: oneOf(["restart-delay", "start-timeout", "stop-timeout", "run-limit"]),
    at: number,
  })),
  unhealthy: optional(text),
  lastLaunch: optional(number),
  grownDelay: or(number, 0),
  limitStart: or(number, 0),
  limitCount: or(number, 0),
  launchStage: or(number, 0),
  launchErrno: or(number, 0),
  launchText: optional(text),
});

const times: Schema<ActivationTimes> = object<ActivationTimes>({
  asked: number,
  unblocked: optional(number),
  decidedBy: optional(text),
  launched: optional(number),
  ready: optional(number),
  stopAsked: optional(number),
  ended: optional(number),
});

const PLAIN_PHASES: ReadonlyMap<string, Exclude<Phase, LaunchStep & { kind: "launching" }>> = new Map(
  Object.values(PHASE).map((plain) => [plain.kind, plain]),
);
const PLAIN_STEPS: ReadonlyMap<string, LaunchStep> = new Map(
  [PHASE.restartDelay, PHASE.awaitingReadiness, PHASE.awaitingLauncher, PHASE.runningStartCommand]
    .map((step) => [step.kind, step]),
);

const launchingStep = object<{ then: AfterExecution }>({
  then: oneOf(["up", "awaiting-readiness", "awaiting-launcher", "running-start-command"]),
});

/** A step without details is its name. */
const launchStep: Schema<LaunchStep> = (saved, path) => {
  if (hasFields(saved) && saved.kind === "launching") return launching(launchingStep(saved, path).then);
  const step = typeof saved === "string" ? PLAIN_STEPS.get(saved) : undefined;
  if (step === undefined) throw new SavedStateError(path, "is not a step of a launch");
  return step;
};

/** A phase without details is its name. */
const phase: Schema<Phase> = (saved, path) => {
  if (saved === undefined) return PHASE.stopped;
  const kind = text(hasFields(saved) ? saved.kind : saved, path);
  const field = <T>(name: string, schema: Schema<T>): T =>
    schema(hasFields(saved) ? saved[name] : undefined, `${path}.${name}`);
  switch (kind) {
    case "launching":
      return launchStep(saved, path);
    case "recovering":
      return { kind, step: field("step", launchStep) };
    case "waiting-for-dependents":
      return {
        kind,
        brought: field("brought", oneOf(["up", "half", "down"])),
        recovery: field("recovery", optional(launchStep)),
      };
    case "awaiting-execution":
    case "asked-to-stop":
      return { kind, launcher: field("launcher", or(flag, false)) };
  }
  const plain = PLAIN_PHASES.get(kind);
  if (plain === undefined) throw new SavedStateError(path, `is not a phase: ${kind}`);
  return plain;
};

const texts: Schema<Record<string, string>> = (saved, path) => {
  if (!hasFields(saved)) throw new SavedStateError(path, "is not an object");
  return Object.fromEntries(
    Object.entries(saved).map(([name, value]) => [name, text(value, `${path}.${name}`)]),
  );
};

/** The document of the part `service`. */
export const savedService: Schema<SavedService> = object<SavedService>({
  name: optional(text),
  phase,
  since: or(number, 0),
  target: or(oneOf([ServiceState.STOPPED, ServiceState.STARTED]), ServiceState.STOPPED),
  explicit: or(flag, false),
  force: or(flag, false),
  autoRestarting: or(flag, false),
  userRestart: or(flag, false),
  pinStart: or(flag, false),
  pinStop: or(flag, false),
  triggered: or(flag, false),
  parameters: optional(
    object<StartParameters>({ variables: texts, input: text, once: optional(flag) }),
  ),
  hooks: optional(object<DueHooks>({
    cause: oneOf<FailureCause>([
      "restart-limit",
      "recovery-failed",
      "start-failed",
      "exec-failed",
      "timed-out",
      "dependency-failed",
      "terminated",
      "unhealthy",
    ]),
    exit: optional(exitStatus),
    due: listOf(text),
  })),
  haveConsole: or(flag, false),
  consumer: optional(number),
  process: optional(process),
  times: optional(times),
  startFailed: or(flag, false),
  gaveUp: optional(oneOf<GaveUp>(["restart-limit", "recovery-failed", "dependency-failed"])),
  skipped: or(flag, false),
  reason: or(oneOf(Object.values(StopReason)), StopReason.NORMAL),
  restarts: or(number, 0),
});

/** The document of the part `edge`. */
export const savedEdge: Schema<SavedEdge> = object<SavedEdge>({
  from: number,
  to: number,
  kind: or(oneOf(Object.values(DependencyKind)), DependencyKind.REGULAR),
  waiting: or(flag, false),
  holding: or(flag, false),
  unmet: or(flag, false),
});

/** The document of the part `engine`. */
export const savedEngine: Schema<SavedEngine> = object<SavedEngine>({
  nextId: or(number, 1),
  shutdownType: or(oneOf(Object.values(ShutdownType)), ShutdownType.NONE),
  stopLimit: optional(number),
  heldBack: or(listOf(number), []),
  console: or(
    object({
      holder: oneOf<LifecycleState["console"]["holder"]>(["log", "leaving-log", "service"]),
      waiting: or(listOf(number), []),
    }),
    { holder: "log", waiting: [] },
  ),
});

/** The document of the part `environment`. */
export const savedEnvironment: Schema<SavedEnvironment> = object<SavedEnvironment>({
  changes: or(listOf(object({ name: text, value: optional(text) })), []),
});
