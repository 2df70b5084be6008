/** Claims and the way up: how a start begins and how the service is brought up. Lifecycle 3.1 to 3.5, 3.13, 3.14. */

import { isOrdering, ServiceState, StopReason } from "../../model/mod.ts";
import type { Agenda } from "./agenda.ts";
import type { ConsoleQueue } from "./console.ts";
import type { Ending } from "./ending.ts";
import { PHASE, waitingForDependents } from "./phase.ts";
import { type Edge, isActive, isHard, type ServiceRecord } from "../graph/record.ts";
import type { Stopping } from "./stopping.ts";
import type { Waits } from "./waits.ts";

const { STOPPED, STARTED, STOPPING } = ServiceState;

/** From the first claim to STARTED. */
export class Starting {
  readonly #agenda: Agenda;
  readonly #console: ConsoleQueue;
  readonly #waits: Waits;
  readonly #stopping: Stopping;
  readonly #ending: Ending;

  constructor(agenda: Agenda, console: ConsoleQueue, waits: Waits, stopping: Stopping, ending: Ending) {
    this.#agenda = agenda;
    this.#console = console;
    this.#waits = waits;
    this.#stopping = stopping;
    this.#ending = ending;
  }

  /** Explicit start (3.1). */
  activate(service: ServiceRecord): void {
    if (service.pinStop) return;
    if (!service.explicit) {
      service.explicit = true;
      service.claims += 1;
    }
    this.begin(service);
  }

  /** *from* claims *to* (3.5). A new claim on a service that should stop starts it again. */
  hold(edge: Edge): void {
    if (edge.holding || isOrdering(edge.kind)) return;
    this.#agenda.context.graph.setHolding(edge, true);
    const { to } = edge;
    to.claims += 1;
    const comesUp = to.target === STARTED && !(to.pinStop && to.state === STOPPING);
    if (!comesUp) this.#agenda.deferStart(to);
  }

  /** The service is wanted (3.2). */
  begin(service: ServiceRecord): void {
    this.#agenda.changed(service);
    // Dependencies are claimed again only if they may have been released: a dependency that failed before stays as it
    // is.
    if (service.target === STOPPED && service.state !== STOPPED) this.#agenda.deferClaims(service);
    service.target = STARTED;
    this.#agenda.context.react(service, "wanted");
  }

  /** A start from STOPPED. */
  beginToStart(service: ServiceRecord): void {
    if (service.pinStop) this.#ending.failStart(service, { finish: false });
    else this.#waits.enterStarting(service);
  }

  /** If the start could not be interrupted, the stop may still be due: the service starts again after it. */
  comeBackAfterStop(service: ServiceRecord): void {
    if (service.force) service.userRestart = true;
  }

  /** The service is half-way down: it starts again when it is down. */
  comeBackLater(service: ServiceRecord): void {
    if (service.pinStop) this.#stopThoseWhoDoNotWait(service);
  }

  /** A stop-pinned service stops for good: dependents that claimed it too late stop as well. */
  #stopThoseWhoDoNotWait(service: ServiceRecord): void {
    for (const edge of service.dependents) {
      if (!isHard(edge) || edge.waiting || !isActive(edge.from)) continue;
      edge.from.reason = StopReason.DEPFAILED;
      this.#stopping.forceForGood(edge.from);
    }
  }

  /** Nothing was brought down yet: the service continues as before. If it is half-way down, it starts again later. */
  callOffStop(service: ServiceRecord): void {
    if (service.pinStop) this.#stopThoseWhoDoNotWait(service);
    const { context } = this.#agenda;
    const { phase } = service;
    if (service.pinStop || service.force || phase.kind !== "waiting-for-dependents") return;
    if (phase.brought === "half") return;
    context.reporter.outcome(service, "stop-cancelled");
    if (phase.brought !== "up") {
      this.#waits.enterStarting(service);
      return;
    }
    const { recovery } = phase;
    this.#agenda.enter(service, recovery === undefined ? PHASE.up : { kind: "recovering", step: recovery });
    context.behaviour(service).resumed(service);
    this.#waits.endAllFor(service);
  }

  /** Brings the service up if it waits for nothing any more, or first queues it for the console (3.13). */
  bringUpIfClear(service: ServiceRecord): void {
    if (service.waits > 0) return;
    this.#agenda.changed(service);
    if (service.times !== undefined) service.times.unblocked = this.#agenda.now();
    if (service.description.flags.startsOnConsole && !service.haveConsole) this.#console.join(service);
    else this.#bringUp(service);
  }

  #bringUp(service: ServiceRecord): void {
    if (this.#agenda.context.behaviour(service).bringUp(service)) return;
    this.#agenda.enter(service, waitingForDependents("half"));
    this.#ending.failStart(service);
  }

  /** The service has received the console. */
  useConsole(service: ServiceRecord): void {
    if (service.waits === 0) {
      this.#bringUp(service);
      return;
    }
    // A service that this one is ordered after has begun to start meanwhile: waits for it again.
    this.#agenda.enter(service, PHASE.waitingForDependencies);
    this.#console.release(service);
  }

  /** The service is up (3.14). */
  markStarted(service: ServiceRecord): void {
    const { context } = this.#agenda;
    if (service.haveConsole && !service.description.flags.runsOnConsole) this.#console.release(service);
    this.#agenda.enter(service, PHASE.up);
    this.#waits.clear(service);
    context.reporter.outcome(service, "started");
    context.startActions(service);
    if (service.force || service.target === STOPPED) this.#stopping.begin(service, service.userRestart);
    else this.#waits.endAllFor(service);
  }

  /** Sets the latch of a triggered service (3.17). */
  trigger(service: ServiceRecord, value: boolean): void {
    service.triggered = value;
    if (value) this.#agenda.context.react(service, "triggered");
  }
}
