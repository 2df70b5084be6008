/**
 * The state machine of all services: the effects of every request and event, and how they spread. Lifecycle
 * specification 2, 3 and 7. Where the reference breaks its own rules, section 13 of the specification has the contract.
 * `phase_table.ts` has the table of events by phases, `docs/engine-states.svg` its picture.
 *
 * How a service lives. A service is wanted while it has claims: one for its explicit activation and one for each
 * dependent that holds it. The first claim starts it, the loss of the last claim stops it. On its way up it is
 * STARTING: it waits for its dependencies, and then it is brought up. On its way down it is STOPPING: it waits for its
 * hard dependents, and then it is brought down. `target` is the state in which it should end; if a stop completes with
 * target STARTED, a new start begins. `force` means that it must pass through STOPPED.
 *
 * How it starts. It claims all dependencies at once and waits for those that are not up. It never claims an ordering,
 * and waits for it only if the other service is also starting. A start can be cancelled while it waits. After that, the
 * service type decides whether it can be interrupted; if not, the stop begins when the service is up.
 *
 * How it fails. A failed start drops its explicit activation, its start pin and all claims on it. A dependent that
 * needs the service fails if it waits for it, and stops as soon as possible if it is being brought up. Soft dependents
 * continue. There is no automatic retry.
 *
 * How it stops. It notifies its dependents first. Hard dependents stop as well, for good if the service stops for good;
 * soft ones only release it. It releases its own dependencies at once, so that they can prepare, but they are brought
 * down after it. While it waits for its dependents, a new claim cancels the stop, unless the service is half-way down.
 * A forced stop, or one that is half-way, completes, and a new start follows.
 *
 * Which services restart. After a stop the service starts again if its target is STARTED. There are three reasons: an
 * automatic restart of a service that is still wanted, a restart command, or a new claim, for example from a dependent
 * that restarts. Its `prepared-by` dependencies restart first. Soft dependents that are up claim it again.
 *
 * What pins do. A stop pin lets the service stop but not start; a claim on it fails. A start pin keeps the service, and
 * everything that it needs through hard edges, in its state: stops are noted, and carried out at the end of the drain
 * that removes the last such pin. A pin never starts or stops anything else.
 *
 * How changes spread. Nothing here walks the graph. An operation changes one service, marks the work of its direct
 * neighbours and queues them. `drain` processes two stacks until both are empty: first all propagation (claims,
 * failures, stops), then one transition (a bring-up or bring-down), then propagation again. So when a service is
 * brought up or down, everything that affects this decision is known. A dependent that already knows is not notified
 * again, so the work grows with the number of edges and not with the length of chains.
 *
 * Invariants at the end of each drain. Start-pinned services and their hard dependencies are exempt from 2, 4 and 8.
 * 1. A service has one claim for its explicit activation and one for each edge that holds it; an ordering never holds.
 * 2. An explicitly active service has target STARTED. A service with claims is not STOPPED. A service without claims
 *    has target STOPPED.
 * 3. `activeCount` is the number of services that are not STOPPED.
 * 4. All hard dependencies of a STARTED service are STARTED. Nothing is brought up before its dependencies, or brought
 *    down before its hard dependents.
 * 5. A STOPPED service holds nothing.
 * 6. A service has at most one process, and one for its stop command; no signal is sent without a process.
 * 7. A service with target STOPPED and without a pin becomes STOPPED when its processes end.
 * 8. A waiting service waits for something that can happen: for a dependency that is starting or restarting, or for a
 *    dependent that is stopping.
 * 9. After a shutdown all services become STOPPED when processes end or timers expire.
 *
 * The files. This file is the common face. `agenda.ts` keeps the queued work, and `waits.ts` knows which service waits
 * for which. `starting.ts` has claims and the way up, `stopping.ts` stops and the way down, `ending.ts` failures and
 * completed stops. None of them knows how a type of service is brought up and down: that is a `Behaviour`.
 */

import { StopReason } from "../../model/mod.ts";
import { Agenda, type LifecycleContext } from "./agenda.ts";
import { ConsoleQueue, type ConsoleState } from "./console.ts";
import { Ending, type FailureOptions } from "./ending.ts";
import type { ServiceGraph } from "../graph/graph.ts";
import type { Phase } from "./phase.ts";
import type { LifecycleReaction } from "./phase_table.ts";
import type { Reactions } from "./reactions.ts";
import type { Edge, ServiceRecord } from "../graph/record.ts";
import { takeWork, Work } from "../graph/work.ts";
import { Starting } from "./starting.ts";
import { Stopping } from "./stopping.ts";
import { Waits } from "./waits.ts";

/** The lifecycle's own state beyond the records of services, as plain data; services are ids. */
export interface LifecycleState {
  /** Services whose stop a start pin holds back. */
  readonly heldBack: readonly number[];
  /** Who has the console, and who waits for it. */
  readonly console: ConsoleState;
}

/** The state machine of all services. */
export class Lifecycle {
  readonly #graph: ServiceGraph;
  readonly #agenda: Agenda;
  readonly #console: ConsoleQueue;
  readonly #starting: Starting;
  readonly #stopping: Stopping;
  readonly #ending: Ending;
  #draining = false;

  /** Makes the state machine of the services in the graph of the context. */
  constructor(context: LifecycleContext) {
    this.#graph = context.graph;
    this.#agenda = new Agenda(context);
    this.#console = new ConsoleQueue(this.#agenda);
    const waits = new Waits(this.#agenda);
    this.#stopping = new Stopping(this.#agenda, this.#console, waits);
    this.#ending = new Ending(this.#agenda, this.#console, waits, this.#stopping);
    this.#starting = new Starting(this.#agenda, this.#console, waits, this.#stopping, this.#ending);
  }

  /** The number of services that are not STOPPED. */
  get activeCount(): number {
    return this.#agenda.activeCount;
  }

  /** Whether no work is queued; see `Agenda`. */
  get isAtRest(): boolean {
    return !this.#draining && this.#agenda.isAtRest;
  }

  // ---- Requests: each is followed by a drain --------------------------------------------------------------------

  /** Explicit start (3.1). */
  activate(service: ServiceRecord): void {
    this.#starting.activate(service);
  }

  /** A stop request (`bringDown`) or a release (3.8). */
  deactivate(service: ServiceRecord, options: { bringDown: boolean }): void {
    this.#stopping.deactivate(service, options);
  }

  /** The service must pass through STOPPED; its target decides where it ends (3.9). */
  forceStop(service: ServiceRecord): void {
    this.#stopping.force(service);
  }

  /** Stops the service for good (3.9). */
  finalStop(service: ServiceRecord): void {
    this.#stopping.forceForGood(service);
  }

  /** Restart command (3.9). False: the service is not started. */
  restart(service: ServiceRecord): boolean {
    return this.#stopping.restart(service);
  }

  /** Sets the latch of a triggered service (3.17). */
  trigger(service: ServiceRecord, value: boolean): void {
    this.#starting.trigger(service, value);
  }

  /** Prevents the service, and everything that it needs, from stopping (7.2). */
  pinStart(service: ServiceRecord): void {
    this.#agenda.pinStart(service);
  }

  /** Prevents the service from starting (7.3). */
  pinStop(service: ServiceRecord): void {
    service.pinStop = true;
    this.#agenda.changed(service);
  }

  /** Clears both pins (7.3). Stops that were held back begin in the next drain. */
  unpin(service: ServiceRecord): void {
    this.#agenda.dropStartPin(service);
    service.pinStop = false;
    this.#agenda.changed(service);
  }

  /** *from* claims *to* (3.5). */
  hold(edge: Edge): void {
    this.#starting.hold(edge);
  }

  /** Removes an edge from the graph; a service that waited for nothing else continues. */
  removeEdge(edge: Edge): void {
    this.#stopping.removeEdge(edge);
  }

  // ---- What behaviours tell ----------------------------------------------------------------------------------

  /** The service is up (3.14). */
  markStarted(service: ServiceRecord): void {
    this.#starting.markStarted(service);
  }

  /** The service could not be started (3.15). */
  failStart(service: ServiceRecord, options?: FailureOptions): void {
    this.#ending.failStart(service, options);
  }

  /** The service is down (3.16). */
  markStopped(service: ServiceRecord): void {
    this.#ending.markStopped(service);
  }

  /** Brings a STOPPING service down, or makes it wait for its dependents. */
  bringDownIfClear(service: ServiceRecord): void {
    this.#stopping.bringDownIfClear(service);
  }

  /** The process of a service that was up has ended unexpectedly: the service stops (3.10, 8.8). */
  processLost(service: ServiceRecord, reason: StopReason = StopReason.TERMINATED): void {
    this.#stopping.beginWithoutProcess(service, reason);
  }

  /** Starts a STOPPING service again although its dependents are not down (8.8). */
  startWithoutWaiting(service: ServiceRecord): void {
    this.#stopping.startWithoutWaiting(service);
  }

  /** The console log has yielded. */
  consoleYielded(): void {
    this.#console.yielded();
  }

  /** Enters a phase and its state. */
  enter(service: ServiceRecord, phase: Phase): void {
    this.#agenda.enter(service, phase);
  }

  /** The lifecycle's reactions to events: its part of `phase_table.ts`. */
  reactions(): Reactions<LifecycleReaction> {
    const starting = this.#starting;
    const stopping = this.#stopping;
    return {
      "begin to start": (service) => starting.beginToStart(service),
      "come back after the stop that is due": (service) => starting.comeBackAfterStop(service),
      "call the stop off": (service) => starting.callOffStop(service),
      "come back later": (service) => starting.comeBackLater(service),
      "begin to stop": (service) => stopping.leaveUp(service),
      "cancel the start": (service) => stopping.cancelStart(service),
      "interrupt the start": (service) => stopping.interruptStart(service),
      "fail like the dependency": (service) => this.#ending.failLikeDependency(service),
      "bring up if nothing is missing": (service) => starting.bringUpIfClear(service),
      "bring down if nothing needs it": (service) => stopping.bringDownIfClear(service),
      "use the console": (service) => starting.useConsole(service),
      "come up": (service) => starting.markStarted(service),
      "bring down": (service) => stopping.allKilled(service),
    };
  }

  // ---- Saving and restoring, at rest ---------------------------------------------------------------------------

  /** The state to save along with the graph. */
  state(): LifecycleState {
    const heldBack = [...this.#agenda.heldBack()].map(({ id }) => id);
    return { heldBack, console: this.#console.state() };
  }

  /** Restores a saved graph. */
  restore({ heldBack, console }: LifecycleState): void {
    const records = (ids: readonly number[]) =>
      ids.map((id) => this.#graph.byId(id)).filter((record) => record !== undefined);
    this.#agenda.restore(this.#graph.records(), records(heldBack));
    this.#console.restore(console.holder, records(console.waiting));
  }

  /** Asks a console that knows nothing about the saved queue to yield. */
  resume(): void {
    this.#console.resume();
  }

  // ---- Queues ------------------------------------------------------------------------------------------------

  /** Works until both queues are empty (2). */
  drain(): void {
    const { propagation, transitions } = this.#agenda;
    this.#draining = true;
    do {
      for (;;) {
        const next = propagation.take();
        if (next !== undefined) {
          this.#propagate(next);
          continue;
        }
        const transition = transitions.take();
        if (transition === undefined) break;
        this.#agenda.context.react(transition, "look-again");
      }
    } while (this.#stopping.beginDueStops() || this.#stopping.startThoseWithoutProcess());
    this.#draining = false;
    this.#agenda.settled();
  }

  /** Performs the deferred work of a service (3.12). */
  #propagate(service: ServiceRecord): void {
    if (takeWork(service, Work.CLAIM)) {
      for (const edge of service.dependencies) this.#starting.hold(edge);
    }
    if (takeWork(service, Work.RELEASE)) {
      for (const edge of service.dependencies) this.#stopping.letGo(edge, { mayStop: true });
    }
    if (takeWork(service, Work.FAIL)) {
      this.#agenda.context.react(service, "dependency-failed");
    }
    if (takeWork(service, Work.START)) {
      if (service.claims > 0) this.#starting.begin(service);
    }
    if (takeWork(service, Work.STOP)) {
      this.#stopping.begin(service, service.userRestart);
    }
  }
}
