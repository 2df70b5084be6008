/** The schema of the saved state of an engine. Data that can be computed from the rest is not saved. */

import {
  DependencyKind,
  type ExitStatus,
  ServiceState,
  ServiceType,
  ShutdownType,
  StopReason,
} from "../model/mod.ts";
import { savedDescription } from "./saved_description.ts";
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
} from "../model/saving.ts";
import type { LifecycleState } from "./lifecycle/lifecycle.ts";
import { type AfterExecution, launching, type LaunchStep, PHASE, type Phase } from "./lifecycle/phase.ts";
import type { Child, Edge, ProcessState, ServiceRecord } from "./graph/record.ts";
import type { ActivationTimes } from "./times.ts";

/** Data that the engine computes after a restore: sums, and marks that are empty at rest. */
type WorkedOut = "state" | "claims" | "waits" | "dependencies" | "work" | "loading";

/** A record without its neighbours. */
export type SavedRecord = Omit<ServiceRecord, WorkedOut | "dependents" | "consumer" | "process"> & {
  /** Incoming edges, as indexes into the list of edges, in their order. */
  readonly dependents: readonly number[];
  /** An id. */
  readonly consumer: number | undefined;
  /** Absent if the service never had processes. */
  readonly process: ProcessState | undefined;
};

/** An edge; `from` and `to` are ids. */
export type SavedEdge = Pick<Edge, "kind" | "waiting" | "holding" | "unmet"> & {
  readonly from: number;
  readonly to: number;
};

export interface SavedEngine {
  /** By the engine's clock, like all other times. */
  readonly takenAt: number;
  readonly nextId: number;
  readonly shutdownType: ShutdownType;
  readonly lifecycle: LifecycleState;
  /** Services and placeholders in load order. */
  readonly records: readonly SavedRecord[];
  /** Edges in the order of the dependencies of the records. */
  readonly edges: readonly SavedEdge[];
}

const exitStatus: Schema<ExitStatus> = (saved, path) => {
  const kind = oneOf(["exited", "killed"])(hasFields(saved) ? saved.kind : saved, `${path}.kind`);
  return kind === "exited"
    ? object({ kind: oneOf(["exited"]), code: number })(saved, path)
    : object({ kind: oneOf(["killed"]), signal: number, core: or(flag, false) })(saved, path);
};

const child: Schema<Child> = object<Child>({
  pid: optional(number),
  execPending: or(flag, false),
  ended: optional(exitStatus),
  foreign: or(flag, false),
});

const NO_CHILD: Child = { pid: undefined, execPending: false, ended: undefined, foreign: false };

const children: Schema<Record<string, Child>> = (saved, path) => {
  if (!hasFields(saved)) throw new SavedStateError(path, "is not an object");
  return Object.fromEntries(
    Object.entries(saved).map(([role, inner]) => [role, child(inner, `${path}.${role}`)]),
  );
};

const process: Schema<ProcessState> = object<ProcessState>({
  main: (saved, path) => saved === undefined ? { ...NO_CHILD } : child(saved, path),
  stop: (saved, path) => saved === undefined ? { ...NO_CHILD } : child(saved, path),
  others: or(children, {}),
  exit: optional(exitStatus),
  timer: optional(object({
    purpose: oneOf(["restart-delay", "start-timeout", "stop-timeout"]),
    at: number,
  })),
  lastLaunch: optional(number),
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

const afterExecution = oneOf<AfterExecution>([
  "up",
  "awaiting-readiness",
  "awaiting-launcher",
  "running-start-command",
]);

const PLAIN_PHASES = new Map<string, Phase>(Object.values(PHASE).map((plain) => [plain.kind, plain]));
const STEPS: ReadonlySet<string> = new Set<LaunchStep["kind"]>([
  "restart-delay",
  "launching",
  "awaiting-readiness",
  "awaiting-launcher",
  "running-start-command",
]);

const launchStep: Schema<LaunchStep> = (saved, path) => {
  const step = phase(saved, path);
  if (!STEPS.has(step.kind)) throw new SavedStateError(path, "is not a step of a launch");
  return step as LaunchStep; // STEPS has the kinds of this type
};

function phase(saved: unknown, path: string): Phase {
  if (!hasFields(saved)) {
    throw new SavedStateError(path, saved === undefined ? "is missing" : "is not a phase");
  }
  const field = <T>(name: string, schema: Schema<T>): T => schema(saved[name], `${path}.${name}`);
  const kind = field("kind", text);
  switch (kind) {
    case "launching":
      return launching(field("then", afterExecution));
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
  if (plain === undefined) throw new SavedStateError(`${path}.kind`, `is not a phase: ${kind}`);
  return plain;
}

const record: Schema<SavedRecord> = object<SavedRecord>({
  id: number,
  name: text,
  type: oneOf(Object.values(ServiceType)),
  description: savedDescription,
  phase,
  since: or(number, 0),
  target: oneOf([ServiceState.STOPPED, ServiceState.STARTED]),
  explicit: or(flag, false),
  force: or(flag, false),
  autoRestarting: or(flag, false),
  userRestart: or(flag, false),
  pinStart: or(flag, false),
  pinStop: or(flag, false),
  triggered: or(flag, false),
  haveConsole: or(flag, false),
  consumer: optional(number),
  dependents: or(listOf(number), []),
  process: optional(process),
  times: optional(times),
  startFailed: or(flag, false),
  skipped: or(flag, false),
  reason: or(oneOf(Object.values(StopReason)), StopReason.NORMAL),
  restarts: or(number, 0),
});

/** The state of an engine. */
export const savedEngine: Schema<SavedEngine> = object<SavedEngine>({
  takenAt: number,
  nextId: number,
  shutdownType: or(oneOf(Object.values(ShutdownType)), ShutdownType.NONE),
  lifecycle: object<LifecycleState>({
    heldBack: or(listOf(number), []),
    console: or(
      object({
        holder: oneOf<LifecycleState["console"]["holder"]>(["log", "leaving-log", "service"]),
        waiting: listOf(number),
      }),
      { holder: "log", waiting: [] },
    ),
  }),
  records: listOf(record),
  edges: or(
    listOf(object<SavedEdge>({
      from: number,
      to: number,
      kind: oneOf(Object.values(DependencyKind)),
      waiting: or(flag, false),
      holding: or(flag, false),
      unmet: or(flag, false),
    })),
    [],
  ),
});
