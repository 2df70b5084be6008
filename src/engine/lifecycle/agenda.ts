/**
 * Queued work: the two work queues, and the stops that a start pin holds back. An operation that concerns another
 * service queues a mark here and returns. Lifecycle specification 2, 3.12 and 7.
 */

import { ServiceState } from "../../model/mod.ts";
import type { Behaviour } from "../launcher/behaviour.ts";
import type { FactReporter } from "../facts.ts";
import { isStartPinned, type ServiceGraph } from "../graph/graph.ts";
import type { Clock, ConsolePort } from "../ports.ts";
import { isActive, type ServiceRecord } from "../graph/record.ts";
import { Work } from "../graph/work.ts";
import { type Phase, PHASE_STATES } from "./phase.ts";
import type { LifecycleEvent } from "./phase_table.ts";
import { isLegalChange } from "./state_changes.ts";
import { noteStep } from "../times.ts";
import { WorkQueue } from "./work_queue.ts";

const { STOPPED, STARTED } = ServiceState;

/** What the lifecycle is given. */
export interface LifecycleContext {
  readonly graph: ServiceGraph;
  readonly clock: Pick<Clock, "now">;
  readonly console: ConsolePort;
  /** Reports facts. */
  readonly reporter: FactReporter;
  /** How to start and stop services of its type. */
  behaviour(service: ServiceRecord): Behaviour;
  /** Performs the table's reaction to an event in the current phase of the service. */
  react(service: ServiceRecord, event: LifecycleEvent): void;
  /** A service with actions on start (`starts-rwfs`, `starts-log`) has started. */
  startActions(service: ServiceRecord): void;
  /** A service has ended; `chain-to` may name the next service to start (lifecycle 8.14). */
  completed(service: ServiceRecord, restarts: boolean): void;
  /** `kill-all-on-stop`: ends every process of the system; `allKilled` follows (lifecycle 8.15). */
  killAll(service: ServiceRecord): void;
}

/** Deferred work, and the states of the services. */
export class Agenda {
  readonly context: LifecycleContext;
  /** Services with pending claims, releases, failures, starts or stops. */
  readonly propagation = new WorkQueue(Work.IN_PROPAGATION);
  /** Services that may be ready for a bring-up or bring-down. */
  readonly transitions = new WorkQueue(Work.IN_TRANSITIONS);
  /** Services that have lost their process; checked after all other work. */
  readonly withoutProcess: ServiceRecord[] = [];
  /** Services whose stop a start pin holds back; checked again at the end of every drain. */
  readonly #heldBack = new Set<ServiceRecord>();
  #pins = 0;
  #activeCount = 0;
  #time: number | undefined;

  constructor(context: LifecycleContext) {
    this.context = context;
  }

  /** The number of services that are not STOPPED. */
  get activeCount(): number {
    return this.#activeCount;
  }

  /** The record of a service changes. `enter` notes this itself, and so does the engine for commands and events. */
  changed(service: ServiceRecord): void {
    this.context.graph.changes.service(service);
  }

  /** Defers the release of the dependencies. */
  deferRelease(service: ServiceRecord): void {
    service.work = (service.work & ~Work.CLAIM) | Work.RELEASE;
    this.propagation.add(service);
  }

  /** Defers the claims on the dependencies. */
  deferClaims(service: ServiceRecord): void {
    service.work = (service.work & ~Work.RELEASE) | Work.CLAIM;
    this.propagation.add(service);
  }

  /** Defers the start of a service with a new claim. */
  deferStart(service: ServiceRecord): void {
    service.work |= Work.START;
    this.propagation.add(service);
  }

  /** Defers the failure of a service whose dependency failed. */
  deferFailure(service: ServiceRecord): void {
    service.work |= Work.FAIL;
    this.propagation.add(service);
  }

  /** Defers the beginning of a stop. */
  deferStop(service: ServiceRecord): void {
    service.work |= Work.STOP;
    this.propagation.add(service);
  }

  /**
   * Enters a phase and its state; no other code changes them. Updates the number of active services and the time of the
   * state change.
   */
  enter(service: ServiceRecord, phase: Phase): void {
    this.changed(service);
    const { state: before } = service;
    const state = PHASE_STATES[phase.kind];
    const { reporter } = this.context;
    const from = service.phase.kind;
    const to = phase.kind;
    if (reporter.isHeard && from !== to) reporter.report(service, { kind: "phase", from, to, state });
    if (from !== to) noteStep(service, phase, this.now());
    if (state === before) {
      write(service, phase, state, service.since);
      return;
    }
    if (!isLegalChange(before, state)) reporter.report(service, { kind: "impossible-change", from, to });
    if (before === STOPPED) this.#activeCount += 1;
    if (state === STOPPED) this.#activeCount -= 1;
    write(service, phase, state, this.now());
  }

  /** The time, read once per drain: reading the clock is the most expensive part. */
  now(): number {
    return this.#time ??= this.context.clock.now();
  }

  /** Whether no work is queued. This does not check the marks in the records of services. */
  get isAtRest(): boolean {
    return this.#time === undefined && this.withoutProcess.length === 0;
  }

  /** The engine is at rest. */
  settled(): void {
    this.#time = undefined;
  }

  // ---- Pins --------------------------------------------------------------------------------------------------

  /** Prevents the service, and everything that it needs, from stopping (7.2). */
  pinStart(service: ServiceRecord): void {
    if (!service.pinStart) this.#pins += 1;
    service.pinStart = true;
    this.changed(service);
  }

  /** Removes the start pin. Stops that it held back begin in the next drain. */
  dropStartPin(service: ServiceRecord): void {
    if (!service.pinStart) return;
    this.#pins -= 1;
    service.pinStart = false;
    this.changed(service);
  }

  /** Whether a start pin holds the service. If so, its stop is checked again when pins may have been removed. */
  isHeld(service: ServiceRecord): boolean {
    if (this.#pins === 0 || !isStartPinned(service)) return false;
    this.#heldBack.add(service);
    this.context.graph.changes.engine();
    return true;
  }

  /** The services whose stop is held back. */
  heldBack(): Iterable<ServiceRecord> {
    return this.#heldBack;
  }

  /** Restores a saved graph, which must have no queued work. */
  restore(services: Iterable<ServiceRecord>, heldBack: readonly ServiceRecord[]): void {
    for (const { state, pinStart } of services) {
      if (state !== STOPPED) this.#activeCount += 1;
      if (pinStart) this.#pins += 1;
    }
    for (const service of heldBack) this.#heldBack.add(service);
  }

  /** Takes the services whose due stop no pin holds back any more. */
  takeDueStops(): ServiceRecord[] {
    const due: ServiceRecord[] = [];
    for (const service of this.#heldBack) {
      if (this.#pins > 0 && isStartPinned(service)) continue;
      this.#heldBack.delete(service);
      this.context.graph.changes.engine();
      const { state, target, force } = service;
      if (target === STARTED ? force && isActive(service) : state !== STOPPED) due.push(service);
    }
    return due;
  }
}

/** For all other code these fields are read-only. */
function write(
  place: { phase: Phase; state: ServiceState; since: number },
  phase: Phase,
  state: ServiceState,
  since: number,
): void {
  place.phase = phase;
  place.state = state;
  place.since = since;
}
