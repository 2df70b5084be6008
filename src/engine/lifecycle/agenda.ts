/**
 * What is left to do: the two work queues, and the stops that a start pin holds back. An operation that concerns
 * another service than its own leaves a note here and returns. Lifecycle specification 2, 3.12 and 7.
 */

import { ServiceState } from "../../model/mod.ts";
import type { Behaviour } from "../launcher/behaviour.ts";
import type { FactReporter } from "../facts.ts";
import { isStartPinned, type ServiceGraph } from "../graph/graph.ts";
import type { Clock, ConsolePort } from "../ports.ts";
import { isActive, type ServiceRecord, Work } from "../graph/record.ts";
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
  /** Tells what happens. */
  readonly reporter: FactReporter;
  /** How services of that type come up and go down. */
  behaviour(service: ServiceRecord): Behaviour;
  /** Does what the table says about an event in the phase that the service is in. */
  react(service: ServiceRecord, event: LifecycleEvent): void;
  /** A service with actions on start (`starts-rwfs`, `starts-log`) has started. */
  startActions(service: ServiceRecord): void;
  /** A service has ended; `chain-to` may name another to start (lifecycle 8.14). */
  completed(service: ServiceRecord, restarts: boolean): void;
  /** `kill-all-on-stop`: ends every process of the system; `allKilled` follows (lifecycle 8.15). */
  killAll(service: ServiceRecord): void;
}

/** Deferred work, and the states of services that it is about. */
export class Agenda {
  readonly context: LifecycleContext;
  /** Services with pending claims, releases, failures, starts or stops. */
  readonly propagation = new WorkQueue(Work.IN_PROPAGATION);
  /** Services that may be ready to be brought up or down. */
  readonly transitions = new WorkQueue(Work.IN_TRANSITIONS);
  /** Services that have lost their process; looked at when everything else is done. */
  readonly withoutProcess: ServiceRecord[] = [];
  /** Services whose stop is held back by a start pin; looked at again at the end of every drain. */
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

  /** The dependencies are to be let go. */
  deferRelease(service: ServiceRecord): void {
    service.work = (service.work & ~Work.CLAIM) | Work.RELEASE;
    this.propagation.add(service);
  }

  /** The dependencies are to be claimed. */
  deferClaims(service: ServiceRecord): void {
    service.work = (service.work & ~Work.RELEASE) | Work.CLAIM;
    this.propagation.add(service);
  }

  /** The service has been claimed and is to start. */
  deferStart(service: ServiceRecord): void {
    service.work |= Work.START;
    this.propagation.add(service);
  }

  /** The service cannot start for want of a dependency. */
  deferFailure(service: ServiceRecord): void {
    service.work |= Work.FAIL;
    this.propagation.add(service);
  }

  /** The service is to begin to stop. */
  deferStop(service: ServiceRecord): void {
    service.work |= Work.STOP;
    this.propagation.add(service);
  }

  /**
   * Enters a phase, and the state that it belongs to. Nothing else changes either of them. Keeps the count of active
   * services and the time of the change of state.
   */
  enter(service: ServiceRecord, phase: Phase): void {
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

  /** The time, read once for everything that happens until the engine comes to rest: asking for it costs most. */
  now(): number {
    return this.#time ??= this.context.clock.now();
  }

  /** Whether nothing is under way. The notes in the records of services are not looked at. */
  get isAtRest(): boolean {
    return this.#time === undefined && this.withoutProcess.length === 0;
  }

  /** The engine has come to rest. */
  settled(): void {
    this.#time = undefined;
  }

  // ---- Pins --------------------------------------------------------------------------------------------------

  /** Keeps the service, and what it needs, from stopping (7.2). */
  pinStart(service: ServiceRecord): void {
    if (!service.pinStart) this.#pins += 1;
    service.pinStart = true;
  }

  /** Takes the start pin away. Stops that it held back begin in the next drain. */
  dropStartPin(service: ServiceRecord): void {
    if (service.pinStart) this.#pins -= 1;
    service.pinStart = false;
  }

  /** Whether a start pin holds the service; if so its stop is looked at again when pins may have gone. */
  isHeld(service: ServiceRecord): boolean {
    if (this.#pins === 0 || !isStartPinned(service)) return false;
    this.#heldBack.add(service);
    return true;
  }

  /** The services whose stop is held back. */
  heldBack(): Iterable<ServiceRecord> {
    return this.#heldBack;
  }

  /** Takes over a graph that was saved; nothing may be left to do in it. */
  restore(services: Iterable<ServiceRecord>, heldBack: readonly ServiceRecord[]): void {
    for (const { state, pinStart } of services) {
      if (state !== STOPPED) this.#activeCount += 1;
      if (pinStart) this.#pins += 1;
    }
    for (const service of heldBack) this.#heldBack.add(service);
  }

  /** Takes the services whose stop is due and not held back any more. */
  takeDueStops(): ServiceRecord[] {
    const due: ServiceRecord[] = [];
    for (const service of this.#heldBack) {
      if (this.#pins > 0 && isStartPinned(service)) continue;
      this.#heldBack.delete(service);
      const { state, target, force } = service;
      if (target === STARTED ? force && isActive(service) : state !== STOPPED) due.push(service);
    }
    return due;
  }
}

/** For everybody else these fields are read-only. */
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
