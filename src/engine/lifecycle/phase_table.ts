/**
 * The table of the engine: the reaction to every event in every phase. `docs/engine.md` explains it and
 * `docs/engine-states.svg` is drawn from it. The type check rejects a missing entry. An event that cannot happen in a
 * phase is logged with both names and otherwise ignored.
 *
 * The reactions are implemented by `lifecycle.ts: Lifecycle` and by the behaviours of `launcher/behaviours.ts`.
 */

import type { PhaseKind } from "./phase.ts";

/** Events from commands and from neighbours in the graph. */
export type LifecycleEvent =
  /** It has a new claim, or was started explicitly. */
  | "wanted"
  /** It must stop: by a command, because no claim is left, or because of a dependency. */
  | "told-to-stop"
  /** A dependency that it waits for could not be started. */
  | "dependency-failed"
  /** A neighbour that it may have waited for has changed. */
  | "look-again"
  | "console-granted"
  /** The trigger of a triggered service was set. */
  | "triggered"
  /** `kill-all-on-stop` is complete. */
  | "all-killed";

/** Events of the processes and timers of a service; if no process is named, the main process is meant. */
export type ProcessEvent =
  | "executed"
  | "execution-failed"
  | "exited"
  | "ready"
  /** The readiness descriptor was closed without an announcement. */
  | "readiness-closed"
  /** Its health checks failed, or it gave no sign of life. */
  | "unhealthy"
  /** Something that the process has read when it began has changed: a new process must take its place. */
  | "replace"
  /** The separate stop command of a service with a lasting process ended. */
  | "stop-command-ended"
  /** It could not be executed. */
  | "stop-command-failed"
  /** A scheduled service must run: its time has come, or it was triggered. */
  | "run-due"
  /** A run takes longer than `schedule-limit`. */
  | "run-overdue"
  | "restart-delay-over"
  | "start-timed-out"
  | "stop-timed-out";

export type PhaseEvent = LifecycleEvent | ProcessEvent;

/** The reactions of the lifecycle, for every service type. */
export type LifecycleReaction =
  | "begin to start"
  | "come back after the stop that is due"
  | "call the stop off"
  | "come back later"
  | "begin to stop"
  | "cancel the start"
  | "interrupt the start"
  | "fail like the dependency"
  | "bring up if nothing is missing"
  | "bring down if nothing needs it"
  | "use the console"
  | "come up"
  | "bring down";

/** What services do because of their types. */
export type ProcessReaction =
  // ---- while it comes up
  | "go on"
  | "be ready"
  | "fail: not ready"
  | "fail: not executed"
  | "fail: ended too early"
  | "adopt the daemon"
  | "end the start command"
  | "relaunch"
  | "interrupt the slow start"
  // ---- while it is up
  | "restart, recover or stop"
  | "adopt, or recover again"
  | "give the recovery up"
  | "give the slow recovery up"
  | "end the unhealthy process"
  | "replace the process"
  | "launch the replacement"
  | "begin a run"
  | "end the run"
  | "skip, queue or replace"
  | "end the overdue run"
  // ---- while it goes down
  | "lose the process early"
  | "recover when wanted again"
  | "ask to stop"
  | "end the stop"
  | "run the stop command unless it failed"
  | "end the stop command"
  | "be stopped"
  | "be stopped if nothing runs"
  | "signal instead"
  | "kill";

/** What is done about an event, by its name. */
export type Reaction = LifecycleReaction | ProcessReaction;

/** The entry for an event that cannot happen in a phase. */
export const IMPOSSIBLE = "impossible";
/** The entry for an event that changes nothing in a phase. */
export const NOTHING = "nothing";

/** The reactions of one phase to every event of a kind. */
type Row<Event extends string, React> = Readonly<Record<Event, React | typeof IMPOSSIBLE | typeof NOTHING>>;

/** The reactions of one phase to every event. */
export type PhaseRow = Row<LifecycleEvent, LifecycleReaction> & Row<ProcessEvent, ProcessReaction>;

/** No process and no timer. An earlier readiness event may still arrive. */
const WITHOUT_PROCESS = {
  "executed": IMPOSSIBLE,
  "execution-failed": IMPOSSIBLE,
  "exited": IMPOSSIBLE,
  "ready": NOTHING,
  "readiness-closed": NOTHING,
  "unhealthy": NOTHING, // a result may come late, and a start is not judged
  "replace": NOTHING, // only a service that is up keeps its dependents
  "run-due": NOTHING, // only a service that is up runs
  "run-overdue": IMPOSSIBLE,
  "stop-command-ended": IMPOSSIBLE,
  "stop-command-failed": IMPOSSIBLE,
  "restart-delay-over": IMPOSSIBLE,
  "start-timed-out": IMPOSSIBLE,
  "stop-timed-out": IMPOSSIBLE,
} as const satisfies Row<ProcessEvent, ProcessReaction>;

/** Events that only one phase waits for. */
const WAITS_FOR_NOTHING = {
  "dependency-failed": IMPOSSIBLE,
  "look-again": NOTHING,
  "console-granted": IMPOSSIBLE,
  "triggered": NOTHING,
  "all-killed": IMPOSSIBLE,
} as const;

/** STOPPED */
const DOWN = {
  ...WAITS_FOR_NOTHING,
  ...WITHOUT_PROCESS,
  "wanted": "begin to start",
  "told-to-stop": NOTHING,
} as const;

/** STARTING, with nothing brought up yet */
const BEFORE_BRING_UP = {
  ...WAITS_FOR_NOTHING,
  ...WITHOUT_PROCESS,
  "wanted": "come back after the stop that is due",
  "told-to-stop": "cancel the start",
} as const;

/** STARTING, and half-way up */
const COMING_UP = { ...BEFORE_BRING_UP, "told-to-stop": "interrupt the start" } as const;

/** STARTED */
const UP = {
  ...WAITS_FOR_NOTHING,
  ...WITHOUT_PROCESS,
  "wanted": NOTHING,
  "told-to-stop": "begin to stop",
} as const;

/** STOPPING, and half-way down */
const GOING_DOWN = {
  ...WAITS_FOR_NOTHING,
  ...WITHOUT_PROCESS,
  "wanted": "come back later",
  "told-to-stop": NOTHING,
} as const;

/** The reaction to every event in every phase. */
export const PHASE_TABLE: Readonly<Record<PhaseKind, PhaseRow>> = {
  "stopped": DOWN,

  "waiting-for-dependencies": {
    ...BEFORE_BRING_UP,
    "dependency-failed": "fail like the dependency",
    "look-again": "bring up if nothing is missing",
  },
  "waiting-for-console": {
    ...BEFORE_BRING_UP,
    "console-granted": "use the console",
  },

  "restart-delay": {
    ...COMING_UP,
    "restart-delay-over": "relaunch",
  },
  "launching": {
    ...COMING_UP,
    "executed": "go on",
    "execution-failed": "fail: not executed",
    "ready": "be ready",
    "readiness-closed": "fail: not ready",
    "start-timed-out": "interrupt the slow start",
  },
  "awaiting-readiness": {
    ...COMING_UP,
    "exited": "fail: ended too early",
    "ready": "be ready",
    "readiness-closed": "fail: not ready",
    "start-timed-out": "interrupt the slow start",
  },
  "awaiting-launcher": {
    ...COMING_UP,
    "exited": "adopt the daemon",
    "start-timed-out": "interrupt the slow start",
  },
  "running-start-command": {
    ...COMING_UP,
    "exited": "end the start command",
    "start-timed-out": "interrupt the slow start",
  },
  "awaiting-trigger": {
    ...COMING_UP,
    "triggered": "come up",
  },

  "up": {
    ...UP,
    "executed": NOTHING, // its readiness came first
    "execution-failed": "give the recovery up", // repeated: a start pin holds the stop back
    "exited": "restart, recover or stop",
    "unhealthy": "end the unhealthy process",
    "replace": "replace the process",
    "run-due": "begin a run",
  },
  "running": {
    ...UP,
    "executed": NOTHING,
    "execution-failed": "end the run",
    "exited": "end the run",
    "run-due": "skip, queue or replace",
    "run-overdue": "end the overdue run",
  },
  "ending-run": {
    ...UP,
    "executed": NOTHING,
    "execution-failed": "end the run",
    "exited": "end the run",
    "run-due": "skip, queue or replace",
    "stop-timed-out": "kill",
  },
  "awaiting-retry": {
    ...UP,
    "run-due": "begin a run",
    "restart-delay-over": "begin a run",
  },
  "ending-unhealthy": {
    ...UP,
    "executed": NOTHING,
    "execution-failed": "give the recovery up",
    "exited": "restart, recover or stop",
    "stop-timed-out": "kill",
  },
  "replacing": {
    ...UP,
    "executed": NOTHING,
    "execution-failed": "launch the replacement",
    "exited": "launch the replacement",
    "stop-timed-out": "kill",
  },
  "recovering": {
    ...UP,
    "replace": "replace the process",
    "executed": "go on",
    "execution-failed": "give the recovery up",
    "exited": "adopt, or recover again",
    "ready": "be ready",
    "readiness-closed": "give the recovery up",
    "restart-delay-over": "relaunch",
    "start-timed-out": "give the slow recovery up",
  },

  "waiting-for-dependents": {
    ...GOING_DOWN,
    "wanted": "call the stop off",
    "dependency-failed": "fail like the dependency",
    "look-again": "bring down if nothing needs it",
    "executed": "go on",
    "execution-failed": "recover when wanted again",
    "exited": "lose the process early",
    "ready": "be ready",
    "stop-command-ended": "be stopped if nothing runs",
    "stop-command-failed": "signal instead",
    "run-overdue": "end the overdue run",
    "restart-delay-over": NOTHING,
    "start-timed-out": "kill",
    "stop-timed-out": "kill",
  },
  "killing-all": {
    ...GOING_DOWN,
    "all-killed": "bring down",
    "executed": NOTHING,
    "execution-failed": NOTHING,
    "exited": NOTHING,
    "stop-command-ended": NOTHING,
    "stop-command-failed": NOTHING,
    "restart-delay-over": NOTHING,
    "start-timed-out": "kill",
    "stop-timed-out": "kill",
  },
  "interrupting": {
    ...GOING_DOWN,
    "executed": "ask to stop",
    "execution-failed": "end the stop",
    "exited": "end the stop",
    "stop-timed-out": "kill",
  },
  "interrupting-start-command": {
    ...GOING_DOWN,
    "executed": NOTHING,
    "execution-failed": "be stopped",
    "exited": "run the stop command unless it failed",
    "stop-timed-out": "kill",
  },
  "awaiting-execution": {
    ...GOING_DOWN,
    "executed": "ask to stop",
    "execution-failed": "end the stop",
    "run-overdue": "kill",
    "start-timed-out": "kill",
    "stop-timed-out": "kill",
  },
  "asked-to-stop": {
    ...GOING_DOWN,
    "exited": "end the stop",
    "stop-command-ended": "be stopped if nothing runs",
    "stop-command-failed": "signal instead",
    "stop-timed-out": "kill",
  },
  "running-stop-command": {
    ...GOING_DOWN,
    "executed": NOTHING,
    "execution-failed": "be stopped",
    "exited": "end the stop command",
    "stop-timed-out": "kill",
  },
};
