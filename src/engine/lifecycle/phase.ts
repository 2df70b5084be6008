/**
 * The phases of a service: its exact position on the way up or down. Each phase belongs to one of the four public
 * states of the specification, and code sets only the phase (`agenda.ts: enter`).
 */

import { ServiceState } from "../../model/mod.ts";

const { STOPPED, STARTING, STARTED, STOPPING } = ServiceState;

/** What follows when the program of a launched process runs. */
export type AfterExecution = "up" | "awaiting-readiness" | "awaiting-launcher" | "running-start-command";

/** A step of bringing up a process, for a start or for a recovery. */
export type LaunchStep =
  /** The restart delay has not passed since the last launch. */
  | { readonly kind: "restart-delay" }
  /** The launch was requested, and it is not known yet whether the program could be executed. */
  | { readonly kind: "launching"; readonly then: AfterExecution }
  /** The program runs and has not announced its readiness. */
  | { readonly kind: "awaiting-readiness" }
  /** The launcher of a bgprocess service runs; its exit says whether there is a daemon. */
  | { readonly kind: "awaiting-launcher" }
  /** The start command of a scripted service runs. */
  | { readonly kind: "running-start-command" };

/**
 * How much of a stopping service is up: all of it, half of it, or nothing. Half-way down, a stop cannot be cancelled.
 */
export type Brought = "up" | "half" | "down";

/** The exact position of a service. */
export type Phase =
  | { readonly kind: "stopped" }
  | { readonly kind: "waiting-for-dependencies" }
  | { readonly kind: "waiting-for-console" }
  | LaunchStep
  | { readonly kind: "awaiting-trigger" }
  | { readonly kind: "up" }
  /** The process ended unexpectedly and is being replaced while the service stays started (lifecycle 8.9). */
  | { readonly kind: "recovering"; readonly step: LaunchStep }
  /** The process of a scheduled service runs, or is being launched. */
  | { readonly kind: "running" }
  /** A run of a scheduled service was asked to end; what is due follows when it has ended. */
  | { readonly kind: "ending-run" }
  /** A run of a scheduled service has failed; it is repeated after the restart delay. */
  | { readonly kind: "awaiting-retry" }
  /** The process is unhealthy and was asked to end, as if it crashed; what follows is the same. */
  | { readonly kind: "ending-unhealthy" }
  /** The process was asked to end, and a new one follows at once; the service stays started meanwhile. */
  | { readonly kind: "replacing" }
  /** The stop has begun. `recovery` is the step of a recovery that the stop has interrupted. */
  | {
    readonly kind: "waiting-for-dependents";
    readonly brought: Brought;
    readonly recovery: LaunchStep | undefined;
  }
  /** All processes of the system are being ended before the bring-down (`kill-all-on-stop`). */
  | { readonly kind: "killing-all" }
  /** The process of a start that was interrupted, or took too long, must end. */
  | { readonly kind: "interrupting" }
  /** The same for a scripted service, whose stop command must still run. */
  | { readonly kind: "interrupting-start-command" }
  /** When it is known whether its program runs, the process is asked to stop; `launcher` as below. */
  | { readonly kind: "awaiting-execution"; readonly launcher: boolean }
  /** The process was asked to stop. `launcher`: it is the launcher of a bgprocess service that was recovering. */
  | { readonly kind: "asked-to-stop"; readonly launcher: boolean }
  /** The stop command of a scripted service runs. */
  | { readonly kind: "running-stop-command" };

/** The name of a phase. */
export type PhaseKind = Phase["kind"];

/** The public state of each phase, in the order in which a service passes through them. */
export const PHASE_STATES: Readonly<Record<PhaseKind, ServiceState>> = {
  "stopped": STOPPED,
  "waiting-for-dependencies": STARTING,
  "waiting-for-console": STARTING,
  "restart-delay": STARTING,
  "launching": STARTING,
  "awaiting-readiness": STARTING,
  "awaiting-launcher": STARTING,
  "running-start-command": STARTING,
  "awaiting-trigger": STARTING,
  "up": STARTED,
  "running": STARTED,
  "ending-run": STARTED,
  "awaiting-retry": STARTED,
  "recovering": STARTED,
  "ending-unhealthy": STARTED,
  "replacing": STARTED,
  "waiting-for-dependents": STOPPING,
  "killing-all": STOPPING,
  "interrupting": STOPPING,
  "interrupting-start-command": STOPPING,
  "awaiting-execution": STOPPING,
  "asked-to-stop": STOPPING,
  "running-stop-command": STOPPING,
};

const LAUNCHING = {
  "up": { kind: "launching", then: "up" },
  "awaiting-readiness": { kind: "launching", then: "awaiting-readiness" },
  "awaiting-launcher": { kind: "launching", then: "awaiting-launcher" },
  "running-start-command": { kind: "launching", then: "running-start-command" },
} as const satisfies Readonly<Record<AfterExecution, LaunchStep>>;

/** The step after a launch was requested. */
export function launching(then: AfterExecution): LaunchStep {
  return LAUNCHING[then];
}

/** The phases without details. Phases never change, so all services share them. */
export const PHASE = {
  stopped: { kind: "stopped" },
  waitingForDependencies: { kind: "waiting-for-dependencies" },
  waitingForConsole: { kind: "waiting-for-console" },
  restartDelay: { kind: "restart-delay" },
  awaitingReadiness: { kind: "awaiting-readiness" },
  awaitingLauncher: { kind: "awaiting-launcher" },
  runningStartCommand: { kind: "running-start-command" },
  awaitingTrigger: { kind: "awaiting-trigger" },
  up: { kind: "up" },
  running: { kind: "running" },
  endingRun: { kind: "ending-run" },
  awaitingRetry: { kind: "awaiting-retry" },
  endingUnhealthy: { kind: "ending-unhealthy" },
  replacing: { kind: "replacing" },
  killingAll: { kind: "killing-all" },
  interrupting: { kind: "interrupting" },
  interruptingStartCommand: { kind: "interrupting-start-command" },
  runningStopCommand: { kind: "running-stop-command" },
} as const satisfies Readonly<Record<string, Phase>>;

const WAITING_FOR_DEPENDENTS = {
  up: { kind: "waiting-for-dependents", brought: "up", recovery: undefined },
  half: { kind: "waiting-for-dependents", brought: "half", recovery: undefined },
  down: { kind: "waiting-for-dependents", brought: "down", recovery: undefined },
} as const satisfies Readonly<Record<Brought, Phase>>;

/** Waiting for dependents, with this much of the service up. */
export function waitingForDependents(brought: Brought, recovery?: LaunchStep): Phase {
  return recovery === undefined
    ? WAITING_FOR_DEPENDENTS[brought]
    : { kind: "waiting-for-dependents", brought, recovery };
}

/** The phase with another step of its launch, recovery or interrupted recovery; `up` ends a recovery. */
export function withStep(phase: Phase, step: LaunchStep | { readonly kind: "up" }): Phase {
  switch (phase.kind) {
    case "recovering":
      return step.kind === "up" ? PHASE.up : { kind: "recovering", step };
    case "waiting-for-dependents":
      return waitingForDependents(phase.brought, step.kind === "up" ? undefined : step);
    default:
      return step;
  }
}

/** The current step of the launch, recovery or interrupted recovery; `undefined` outside of one. */
export function launchStep(phase: Phase): LaunchStep | undefined {
  switch (phase.kind) {
    case "restart-delay":
    case "launching":
    case "awaiting-readiness":
    case "awaiting-launcher":
    case "running-start-command":
      return phase;
    case "recovering":
      return phase.step;
    case "waiting-for-dependents":
      return phase.recovery;
    default:
      return undefined;
  }
}

/** Whether the step waits for the program's readiness, now or when the program runs. */
export function awaitsReadiness(step: LaunchStep | undefined): boolean {
  return step?.kind === "awaiting-readiness" ||
    (step?.kind === "launching" && step.then === "awaiting-readiness");
}

/** Whether the process of the step is the launcher of a bgprocess service. */
export function isLauncher(step: LaunchStep | undefined): boolean {
  return step?.kind === "awaiting-launcher" ||
    (step?.kind === "launching" && step.then === "awaiting-launcher");
}
