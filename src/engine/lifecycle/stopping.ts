/**
 * Stops, and the loss of claims that causes them: how a stop begins, how it spreads to dependents, and how the service
 * is brought down after them. Lifecycle specification 3.6 to 3.11 and 3.13.
 */

import { ServiceState, StopReason } from "../../model/mod.ts";
import type { Agenda } from "./agenda.ts";
import type { ConsoleQueue } from "./console.ts";
import { failureCause } from "../launcher/restart_policy.ts";
import { launchStep, PHASE, waitingForDependents } from "./phase.ts";
import { type Edge, isActive, isHard, isTriviallyStopped, type ServiceRecord } from "../graph/record.ts";
import { isBlocked, type Waits } from "./waits.ts";

const { STOPPED, STARTED, STOPPING } = ServiceState;

/** From the request to stop until the bring-down. */
export class Stopping {
  readonly #agenda: Agenda;
  readonly #console: ConsoleQueue;
  readonly #waits: Waits;

  constructor(agenda: Agenda, console: ConsoleQueue, waits: Waits) {
    this.#agenda = agenda;
    this.#console = console;
    this.#waits = waits;
  }

  /** A stop request (`bringDown`) or a release (3.8). */
  deactivate(service: ServiceRecord, options: { bringDown: boolean }): void {
    this.#agenda.changed(service);
    if (service.explicit) {
      service.explicit = false;
      service.claims -= 1;
    }
    const unclaimed = service.claims === 0;
    if (options.bringDown || unclaimed) service.target = STOPPED;
    if (this.#agenda.isHeld(service)) return;
    if (unclaimed) this.#agenda.deferRelease(service);
    if ((options.bringDown || unclaimed) && service.state !== STOPPED) {
      service.reason = StopReason.NORMAL;
      this.begin(service);
    }
  }

  /** The service must pass through STOPPED; its target decides where it ends (3.9). */
  force(service: ServiceRecord): void {
    this.#agenda.changed(service);
    if (service.state === STOPPED) return;
    service.force = true;
    if (!this.#agenda.isHeld(service)) this.#agenda.deferStop(service);
  }

  /** Stops the service for good (3.9). */
  forceForGood(service: ServiceRecord): void {
    service.target = STOPPED;
    this.force(service);
  }

  /** Restart command (3.9). False: the service is not started. */
  restart(service: ServiceRecord): boolean {
    if (service.state !== STARTED) return false;
    service.reason = StopReason.NORMAL;
    service.force = true;
    this.begin(service, true);
    return true;
  }

  /** Begins the stops that no pin holds back any more; false if there are none. */
  beginDueStops(): boolean {
    const due = this.#agenda.takeDueStops();
    for (const service of due) {
      if (service.claims === 0) this.#agenda.deferRelease(service);
      this.begin(service, service.userRestart);
    }
    return due.length > 0;
  }

  // ---- Claims ------------------------------------------------------------------------------------------------

  /** *from* releases its claim on *to* (3.6). */
  letGo(edge: Edge, options: { mayStop: boolean }): void {
    if (!edge.holding) return;
    this.#agenda.context.graph.setHolding(edge, false);
    this.#unclaim(edge.to, options.mayStop);
  }

  /** Removes an edge from the graph; a service that waited for nothing else continues. */
  removeEdge(edge: Edge): void {
    const { context, transitions } = this.#agenda;
    const { from, to, waiting } = edge;
    context.graph.disconnect(edge);
    if (waiting && from.phase.kind === "waiting-for-dependencies") transitions.add(from);
    if (to.phase.kind === "waiting-for-dependents") transitions.add(to);
    this.letGo(edge, { mayStop: true });
  }

  /** Drops the explicit activation; that alone does not stop the service. */
  dropExplicit(service: ServiceRecord): void {
    if (!service.explicit) return;
    service.explicit = false;
    this.#agenda.changed(service);
    this.#unclaim(service, false);
  }

  #unclaim(service: ServiceRecord, mayStop: boolean): void {
    service.claims -= 1;
    if (service.claims !== 0) return;
    this.#agenda.changed(service);
    const held = this.#agenda.isHeld(service);
    if (service.state === STOPPING && service.target === STARTED && !held) {
      this.#agenda.context.reporter.outcome(service, "start-cancelled");
    }
    service.target = STOPPED;
    if (held) return;
    this.#agenda.deferRelease(service);
    if (mayStop && isActive(service)) {
      service.reason = StopReason.NORMAL;
      this.begin(service);
    }
  }

  // ---- The stop begins -----------------------------------------------------------------------------------------

  /** Begins to stop the service, dependents first (3.10). `asRestart`: because of a restart command. */
  begin(service: ServiceRecord, asRestart = false): void {
    this.#agenda.changed(service);
    if (this.#agenda.isHeld(service)) return;
    const willRestart = this.#willRestart(service, asRestart);
    if (!willRestart) this.dropExplicit(service);
    const allDown = this.#stopDependents(service, willRestart, asRestart);
    const wasActive = isActive(service);
    if (wasActive && service.times !== undefined) service.times.stopAsked ??= this.#agenda.now();
    this.#agenda.context.react(service, "told-to-stop");
    if (isActive(service)) {
      service.userRestart = asRestart; // the stop, and the restart after it, are still due when the service is up
    } else if (wasActive && allDown && service.phase.kind === "waiting-for-dependents") {
      this.#agenda.transitions.add(service);
    }
  }

  /**
   * The process of a service that was up has ended unexpectedly: the service must stop, and there is nothing to bring
   * down.
   */
  beginWithoutProcess(service: ServiceRecord, reason: StopReason): void {
    service.reason = reason;
    service.force = true;
    this.begin(service);
    this.#agenda.withoutProcess.push(service);
    const isHeld = service.phase.kind !== "waiting-for-dependents";
    if (!isHeld) this.#agenda.enter(service, waitingForDependents("down"));
  }

  /**
   * Restarts services that have lost their process, even while their dependents are still stopping: this does not delay
   * the new process. False if there are none.
   */
  startThoseWithoutProcess(): boolean {
    const { withoutProcess } = this.#agenda;
    if (withoutProcess.length === 0) return false;
    for (const service of withoutProcess.splice(0)) {
      const { phase, target, pinStop } = service;
      const comesBack = target === STARTED && !pinStop;
      if (phase.kind === "waiting-for-dependents" && comesBack) this.startWithoutWaiting(service);
    }
    return true;
  }

  /** Decides whether a start follows the stop; a stop that has already begun keeps its decision (3.10, 3 to 5). */
  #willRestart(service: ServiceRecord, asRestart: boolean): boolean {
    if (service.state === STOPPING && service.target === STARTED) return true;
    service.autoRestarting = false;
    service.userRestart = false;
    if (service.target === STOPPED) return false;
    if (asRestart) return true;
    service.autoRestarting = this.#agenda.context.behaviour(service).restarts(service);
    return service.autoRestarting;
  }

  /** The service is completely up, except for a current recovery. */
  leaveUp(service: ServiceRecord): void {
    this.#agenda.enter(service, waitingForDependents("up", launchStep(service.phase)));
  }

  /** Nothing was brought up: the start is over (3.10, step 8). */
  cancelStart(service: ServiceRecord): void {
    if (service.phase.kind === "waiting-for-console") this.#console.leave(service);
    this.#agenda.context.reporter.outcome(service, "start-cancelled");
    this.#agenda.enter(service, waitingForDependents("down"));
  }

  /** The service is half-way up: interrupts the start if possible; otherwise the stop is due when the service is up. */
  interruptStart(service: ServiceRecord): void {
    const { context } = this.#agenda;
    const outcome = context.behaviour(service).interruptStart(service);
    if (outcome === "refused") return;
    context.reporter.outcome(service, "start-cancelled");
    if (outcome === "over") this.#agenda.enter(service, waitingForDependents("down"));
  }

  /** Notifies the dependents that the service stops; true if it need not wait for any of them (3.11). */
  #stopDependents(service: ServiceRecord, keepSoft: boolean, propagateRestart: boolean): boolean {
    const comesBack = service.state === STOPPING && service.target === STARTED;
    let allDown = true;
    for (const edge of service.dependents) {
      if (isHard(edge)) {
        const isDown = isTriviallyStopped(edge.from);
        if (!isDown) allDown = false;
        // A dependent that already waits for the restart of the service stays as it is.
        if (edge.from.state !== STOPPED && !(isDown && comesBack)) {
          this.#stopHardDependent(edge.from, service, propagateRestart);
        }
      } else if (!keepSoft) {
        if (edge.waiting) this.#waits.end(edge);
        this.letGo(edge, { mayStop: false });
      }
    }
    return allDown;
  }

  #stopHardDependent(dependent: ServiceRecord, service: ServiceRecord, propagateRestart: boolean): void {
    this.#agenda.changed(dependent);
    const final = service.target === STOPPED;
    if (final && service.force) dependent.reason = StopReason.DEPFAILED;
    if (service.force && failureCause(service) !== undefined) dependent.gaveUp ??= "dependency-failed";
    if (knows(dependent, service)) return;
    if (service.force && final) this.forceForGood(dependent);
    else if (service.force) this.force(dependent);
    if (final) {
      this.#endTarget(dependent);
      this.#agenda.deferStop(dependent);
    } else if (propagateRestart && dependent.state !== STOPPING) {
      dependent.reason = StopReason.DEPRESTART; // a restart is forced, and its stop was deferred above
      dependent.userRestart = true;
    }
  }

  /** The service is no longer wanted; releases its dependencies. */
  #endTarget(service: ServiceRecord): void {
    if (service.target === STOPPED) return;
    service.target = STOPPED;
    if (!service.explicit) return;
    service.explicit = false;
    this.#unclaim(service, true);
  }

  // ---- The bring-down ------------------------------------------------------------------------------------------

  /** Brings a STOPPING service down, or makes it wait for its dependents. */
  bringDownIfClear(service: ServiceRecord): void {
    const { context } = this.#agenda;
    if (isBlocked(service)) {
      // If the service is half-way down, only a dependent that came and leaves again can block it.
      if (service.phase.kind !== "waiting-for-dependents") {
        this.#agenda.enter(service, waitingForDependents("half"));
      }
    } else if (service.description.flags.killAllOnStop) {
      this.#agenda.enter(service, PHASE.killingAll);
      context.killAll(service);
    } else {
      context.behaviour(service).bringDown(service);
    }
  }

  /** `kill-all-on-stop` is complete: continues with the bring-down. */
  allKilled(service: ServiceRecord): void {
    if (isBlocked(service)) this.#agenda.enter(service, waitingForDependents("half"));
    else this.#agenda.context.behaviour(service).bringDown(service);
  }

  /** Starts a STOPPING service again although its dependents are not down (8.8). */
  startWithoutWaiting(service: ServiceRecord): void {
    service.force = false;
    this.#waits.enterStarting(service);
  }
}

/** Whether a dependent already stops in the same way as the service; then its own dependents were notified, too. */
function knows(dependent: ServiceRecord, service: ServiceRecord): boolean {
  const sameForce = dependent.force || !service.force;
  const sameTarget = dependent.target === STOPPED || service.target === STARTED;
  return dependent.state === STOPPING && sameForce && sameTarget;
}
