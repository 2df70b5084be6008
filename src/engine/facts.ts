/**
 * Facts: what happens in the engine, as typed data. `src/log/wording.ts` words them like the reference; JSON lines,
 * event streams and web pages are other renderings of the same facts.
 */

import {
  type ExitStatus,
  type HealthAction,
  type LaunchStage,
  type LoadError,
  ServiceEvent,
  type ServiceState,
  type StopReason,
} from "../model/mod.ts";
import type { PhaseKind } from "./lifecycle/phase.ts";
import type { Clock, LaunchRefusal } from "./ports.ts";
import type { FailureCause } from "./graph/failure.ts";
import type { RunCause, RunResult } from "./graph/run.ts";
import type { ServiceRecord } from "./graph/record.ts";

/** What happened to a service. */
export type ServiceFact =
  // ---- The graph
  | { readonly kind: "loaded" | "reloaded" | "unloaded" }
  | { readonly kind: "reload-failed"; readonly error: LoadError }
  // ---- The state machine
  /** It entered another phase, and possibly another state. */
  | { readonly kind: "phase"; readonly from: PhaseKind; readonly to: PhaseKind; readonly state: ServiceState }
  | OutcomeFact
  /** An event or change that the tables of the engine exclude: a bug. */
  | { readonly kind: "impossible-event"; readonly event: string; readonly phase: PhaseKind }
  | { readonly kind: "impossible-change"; readonly from: PhaseKind; readonly to: PhaseKind }
  /** Its recovery failed, so it stops. */
  | { readonly kind: "recovery-given-up" }
  /** Its health checks failed, or it gave no sign of life. */
  | { readonly kind: "unhealthy"; readonly why: string; readonly action: HealthAction }
  /** It gets a new process while it stays started. */
  | { readonly kind: "replaced"; readonly why: string }
  /** It restarted too often, so it stops. */
  | { readonly kind: "restart-limit-reached" }
  /** It is down because of a failure, and nothing will restart it. `exit`: how its last process ended. */
  | { readonly kind: "failed-for-good"; readonly cause: FailureCause; readonly exit: ExitStatus | undefined }
  // ---- The runs of a scheduled service
  | { readonly kind: "run-began"; readonly cause: RunCause }
  /** `began`: when, by the engine's clock. `exit`: how its process ended, if there was one. */
  | {
    readonly kind: "run-ended";
    readonly cause: RunCause;
    readonly began: number;
    readonly result: RunResult;
    readonly exit: ExitStatus | undefined;
  }
  /** A run was due while the last one had not ended, and is left out. */
  | { readonly kind: "run-skipped"; readonly cause: RunCause }
  /** A run takes too long, and is asked to end. */
  | { readonly kind: "run-overdue"; readonly pid: number | undefined }
  /** A run has failed, and is not repeated. */
  | { readonly kind: "run-failed"; readonly cause: FailureCause; readonly exit: ExitStatus | undefined }
  /** The service to which it chains could not be started: loading failed, or the chain is a circle. */
  | { readonly kind: "chain-failed"; readonly to: string; readonly error: LoadError | undefined }
  // ---- Processes
  /** The host could not open the activation socket, or start a process. */
  | ({ readonly kind: "socket-failed" } & LaunchRefusal)
  | ({ readonly kind: "launch-failed" } & LaunchRefusal)
  | {
    readonly kind: "execution-failed";
    readonly role: string;
    readonly stage: LaunchStage;
    readonly errno: number;
  }
  /** A process ended unexpectedly or with a failure. */
  | { readonly kind: "process-ended"; readonly what: EndedProcess; readonly exit: ExitStatus }
  /** Its main process has ended and has left these processes, which are asked to end (`kill-mode`). */
  | { readonly kind: "remains-found"; readonly pids: readonly number[] }
  | { readonly kind: "start-overdue"; readonly pid: number | undefined }
  | { readonly kind: "start-interrupted"; readonly pid: number | undefined }
  | { readonly kind: "stop-overdue"; readonly role: string; readonly pid: number | undefined }
  /** The engine could not send a signal; `errno` is `undefined` if the host does not know the signal. */
  | {
    readonly kind: "signal-not-sent";
    readonly role: string;
    readonly pid: number | undefined;
    readonly signal: number;
    readonly errno: number | undefined;
  }
  /** The result of reading the pid file of a bgprocess service. */
  | { readonly kind: "not-supervised"; readonly pid: number }
  | { readonly kind: "pid-file-invalid"; readonly pid: number }
  | { readonly kind: "pid-file-unreadable"; readonly step: "open" | "read"; readonly errno: number };

/** The role of the process that ended. */
export type EndedProcess =
  /** The process of a `process` or `bgprocess` service. */
  | "main"
  /** Its separate stop command. */
  | "stop"
  | "start-command"
  /** An interrupted start command. */
  | "interrupted-start-command"
  | "stop-command";

/** The outcome of a start or a stop. The listeners of the service receive it, too. */
export type OutcomeFact = {
  readonly kind: "started" | "stopped" | "failed" | "start-cancelled" | "stop-cancelled";
  /** Why it stopped last. */
  readonly reason: StopReason;
  /** Its process, if there is one. */
  readonly pid: number | undefined;
  /** How its last process ended. */
  readonly exit: ExitStatus | undefined;
  /** The start failed, and this stop is only its end. */
  readonly startFailed: boolean;
  /** The start failed because of a dependency. */
  readonly viaDependency: boolean;
};

/** A fact about something other than a loaded service. */
export type GeneralFact =
  /** A description has mistakes, or must not be loaded now. */
  | { readonly kind: "load-failed"; readonly error: LoadError; readonly occasion: LoadOccasion }
  | { readonly kind: "description-warning"; readonly text: string }
  | { readonly kind: "signal-failed"; readonly errno: number }
  | { readonly kind: "signal-invalid" }
  /** The host reported an event of a service that is not loaded. */
  | { readonly kind: "unknown-service"; readonly id: number };

/** Why a service had to be loaded: for the command line, for a client, or for another service. */
export type LoadOccasion = "command-line" | "request";

/** When something happened. */
export interface FactTime {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds of the engine's clock, which never runs backwards. */
  readonly time: number;
}

/** The subject of a fact. */
export interface FactSubject {
  /** The full name of the service. */
  readonly service: string;
  /** Unique for the life of the daemon. */
  readonly id: number;
}

/** A fact. */
export type Fact = FactTime & ((FactSubject & ServiceFact) | GeneralFact);

/** Receives the facts of an engine, synchronously. It must not call the engine. */
export interface FactSink {
  /** Takes one fact, at the moment at which it happens. */
  fact(fact: Fact): void;
}

/** The protocol's event for each outcome. */
const OUTCOME_EVENTS: Readonly<Record<OutcomeFact["kind"], ServiceEvent>> = {
  "started": ServiceEvent.STARTED,
  "stopped": ServiceEvent.STOPPED,
  "failed": ServiceEvent.FAILEDSTART,
  "start-cancelled": ServiceEvent.STARTCANCELLED,
  "stop-cancelled": ServiceEvent.STOPCANCELLED,
};

/** Stamps facts with the time and passes them on. */
export class FactReporter {
  readonly #clock: Pick<Clock, "now" | "wallOf">;
  readonly #sink: FactSink | undefined;
  readonly #outcome: (service: ServiceRecord, event: ServiceEvent) => void;

  /** Without a sink, facts cost nothing. `outcome` receives the outcomes of starts and stops in any case. */
  constructor(
    clock: Pick<Clock, "now" | "wallOf">,
    sink: FactSink | undefined,
    outcome: (service: ServiceRecord, event: ServiceEvent) => void,
  ) {
    this.#clock = clock;
    this.#sink = sink;
    this.#outcome = outcome;
  }

  /** Whether there is a sink: frequent facts are created only then. */
  get isHeard(): boolean {
    return this.#sink !== undefined;
  }

  /** Reports a fact about a service. */
  report({ name, id }: ServiceRecord, fact: ServiceFact): void {
    this.#sink?.fact({ ...this.#moment(), service: name, id, ...fact });
  }

  /** Reports the outcome of a start or a stop, and notifies the listeners of the service. */
  outcome(service: ServiceRecord, kind: OutcomeFact["kind"], options?: { viaDependency: boolean }): void {
    this.note(service, kind, options);
    this.tell(service, kind);
  }

  /** The first half of `outcome`: the report. */
  note(service: ServiceRecord, kind: OutcomeFact["kind"], { viaDependency = false } = {}): void {
    if (this.#sink === undefined) return;
    const { reason, process, startFailed } = service;
    const { main, exit } = process;
    this.report(service, { kind, reason, pid: main.pid, exit, startFailed, viaDependency });
  }

  /** The second half of `outcome`: the listeners. */
  tell(service: ServiceRecord, kind: OutcomeFact["kind"]): void {
    this.#outcome(service, OUTCOME_EVENTS[kind]);
  }

  /** Reports a fact that does not concern a loaded service. */
  general(fact: GeneralFact): void {
    this.#sink?.fact({ ...this.#moment(), ...fact });
  }

  #moment(): FactTime {
    const time = this.#clock.now();
    return { at: this.#clock.wallOf(time), time };
  }
}
