/** Claims, and the way up: how a start begins and how the service is brought up. Lifecycle 3.1 to 3.5, 3.13, 3.14. */

import { ServiceEvent, ServiceState, StopReason } from "../../model/mod.ts";
import type { Agenda } from "./agenda.ts";
import type { ConsoleQueue } from "./console.ts";
import type { Ending } from "./ending.ts";
import { type Edge, isActive, isHard, isOrdering, type ServiceRecord } from "../graph/record.ts";
import type { Stopping } from "./stopping.ts";
import type { Waits } from "./waits.ts";

const { STOPPED, STARTING, STARTED, STOPPING } = ServiceState;

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

  /** *from* takes its claim on *to* (3.5). Any new claim on a service that is meant to stop starts it again. */
  hold(edge: Edge): void {
    if (edge.holding || isOrdering(edge.kind)) return;
    edge.holding = true;
    const { to } = edge;
    to.claims += 1;
    const comesUp = to.target === STARTED && !(to.pinStop && to.state === STOPPING);
    if (comesUp && (to.claims > 1 || isActive(to))) return;
    this.#agenda.deferStart(to);
  }

  /** The service is wanted (3.2). */
  begin(service: ServiceRecord): void {
    // Dependencies are only claimed anew if they may have been let go: one that failed before is left alone.
    if (service.target === STOPPED && service.state !== STOPPED) this.#agenda.deferClaims(service);
    service.target = STARTED;
    switch (service.state) {
      case STOPPED:
        if (service.pinStop) {
          this.#ending.failStart(service, { finish: false });
          return;
        }
        this.#waits.enterStarting(service);
        return;
      case STARTING:
        // A stop that could not interrupt the start is still due: the service comes back after it.
        if (service.force) service.userRestart = true;
        return;
      case STARTED:
        return;
      case STOPPING:
        if (service.pinStop) this.#stopThoseWhoDoNotWait(service);
        else if (!service.force) this.#callOffStop(service);
    }
  }

  /** A stop-pinned service is going down for good: dependents that came back to it too late go down as well. */
  #stopThoseWhoDoNotWait(service: ServiceRecord): void {
    for (const edge of service.dependents) {
      if (!isHard(edge) || edge.waiting || !isActive(edge.from)) continue;
      edge.from.reason = StopReason.DEPFAILED;
      this.#stopping.forceForGood(edge.from);
    }
  }

  /** Nothing has been brought down yet: the service is what it was. One that is half-way comes back later. */
  #callOffStop(service: ServiceRecord): void {
    if (service.brought === "half") return;
    const { context } = this.#agenda;
    context.emit(service, ServiceEvent.STOPCANCELLED);
    if (service.brought === "down") {
      this.#waits.enterStarting(service);
      return;
    }
    service.waitDeps = false;
    this.#agenda.setState(service, STARTED);
    context.behaviour(service).resumed(service);
    this.#waits.endAllFor(service);
  }

  /** Brings the service up, or has it queue for the console first (3.13). */
  dependenciesUp(service: ServiceRecord): void {
    service.waitDeps = false;
    if (service.description.flags.startsOnConsole && !service.haveConsole) {
      this.#console.join(service);
      return;
    }
    service.brought = "half";
    if (this.#agenda.context.behaviour(service).bringUp(service)) return;
    this.#agenda.setState(service, STOPPING);
    this.#ending.failStart(service);
  }

  /** The service has got the console. */
  consoleGranted(service: ServiceRecord): void {
    if (service.state !== STARTING) {
      this.#console.release(service);
    } else if (service.waits > 0) {
      // A service that this one is ordered after began to start meanwhile: back to waiting for it.
      service.waitDeps = true;
      this.#console.release(service);
    } else {
      this.dependenciesUp(service);
    }
  }

  /** The service is up (3.14). */
  markStarted(service: ServiceRecord): void {
    const { context } = this.#agenda;
    if (service.haveConsole && !service.description.flags.runsOnConsole) this.#console.release(service);
    context.log.started(service.name);
    service.brought = "up";
    this.#agenda.setState(service, STARTED);
    this.#waits.clear(service);
    context.emit(service, ServiceEvent.STARTED);
    context.startActions(service);
    if (service.force || service.target === STOPPED) this.#stopping.begin(service, service.userRestart);
    else this.#waits.endAllFor(service);
  }

  /** Sets the latch of a triggered service (3.17). */
  trigger(service: ServiceRecord, value: boolean): void {
    service.triggered = value;
    const waits = service.waitDeps || service.waitConsole;
    if (value && service.state === STARTING && !waits) this.markStarted(service);
  }

  /** A process ended although its service, or the dependents of its service, are not down: starts it again at once. */
  withoutWaiting(service: ServiceRecord): void {
    service.force = false;
    this.#waits.enterStarting(service);
  }
}
