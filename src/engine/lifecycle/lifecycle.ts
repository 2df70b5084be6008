/**
 * The state machine of all services: what every request and event does, and how it spreads. Lifecycle specification
 * 2, 3 and 7, with the contract of its section 13 wherever the reference departs from its own rules. `phase_table.ts`
 * has the table of what a service does about every event in every phase, `docs/engine-states.svg` the picture of it.
 *
 * How a service lives. A service is wanted as long as it has claims: one for its explicit activation and one for
 * each dependent that holds it. The first claim starts it, the loss of the last one stops it. On its way up it is
 * STARTING, first waiting for its dependencies, then being brought up; on its way down it is STOPPING, first waiting
 * for its hard dependents, then being brought down. `target` says where it is meant to end; a stop that completes
 * with target STARTED begins a new start. `force` says that it must pass through STOPPED on the way.
 *
 * How it starts. It claims all dependencies at once and waits for those that are not up; orderings it waits for only
 * if they are starting too, and never claims. A start may be called off as long as it waits; once begun, only if the
 * type of service allows it. Otherwise the stop takes effect when it has come up.
 *
 * How it fails. A start that fails takes its explicit activation, its start pin and all claims on it. Those who need
 * it and wait for it fail too, those who need it and are being brought up are stopped as soon as they can be, and
 * those who merely wait go on. Nothing is tried again by itself.
 *
 * How it stops. It tells its dependents first. Hard ones stop as well, for good if it stops for good; soft ones only
 * let go of it. It lets its own dependencies go at once, so that they can get ready, but they are brought down only
 * after it. As long as it waits for its dependents a new claim calls the stop off, unless it is half-way down; a forced
 * stop, or one that is half-way, is completed and followed by a new start.
 *
 * Who comes back. After a stop the service starts again if its target is STARTED: because it restarts by itself and
 * is still wanted, because it was told to restart, or because somebody claimed it meanwhile, for example a dependent
 * that restarts. Whatever it was prepared by is restarted first. Soft dependents that are up attach to it again.
 *
 * What pins do. A stop pin lets the service go down but not up; a claim on it fails. A start pin holds the service, and
 * all that it needs through hard edges, where it is: orders to stop are noted and carried out at the end of the drain
 * in which the last such pin goes. A pin never starts or stops anything else.
 *
 * How things spread. Nothing here walks the graph. An operation changes one service, looks at its direct neighbours,
 * marks what they have to do and queues them. `drain` then works off two stacks until nothing moves: first all
 * propagation (claims, failures, orders to stop), then one transition (a bring-up or bring-down), and again. So when
 * a service comes up or goes down, everything that bears on the decision has already been said. A dependent that
 * knows already is not told again, so the work grows with the number of edges and not with the length of chains.
 *
 * What always holds when a drain is done. Start-pinned services and what they need are exempt from 2, 4 and 8.
 * 1. A service has one claim for its explicit activation and one for each edge that holds it; orderings hold none.
 * 2. What is explicit has target STARTED; what is claimed is not STOPPED; what is not claimed has target STOPPED.
 * 3. `activeCount` is the number of services that are not STOPPED.
 * 4. What is STARTED has all hard dependencies STARTED. Nothing is brought up before its dependencies, or brought
 *    down before its hard dependents.
 * 5. What is STOPPED holds nothing.
 * 6. A service has at most one process, and one for its stop command; no signal is sent without one.
 * 7. What has target STOPPED and is not pinned becomes STOPPED once its processes end.
 * 8. What waits, waits for something that can come: for a dependency that is coming up or back, or for a dependent
 *    that is going down.
 * 9. After a shutdown everything becomes STOPPED once processes end or timers expire.
 *
 * Where things are. `agenda.ts` keeps what is left to do, `waits.ts` who waits for whom, `starting.ts` claims and the
 * way up, `stopping.ts` orders to stop and the way down, `ending.ts` failures and what follows a stop; this file is
 * their common face. How a type of service is brought up and down they do not know: that is a `Behaviour`.
 */

import { Agenda, type LifecycleContext } from "./agenda.ts";
import { ConsoleQueue, type ConsoleState } from "./console.ts";
import { Ending, type FailureOptions } from "./ending.ts";
import type { ServiceGraph } from "../graph/graph.ts";
import type { Phase } from "./phase.ts";
import type { LifecycleReaction } from "./phase_table.ts";
import type { Reactions } from "./reactions.ts";
import { type Edge, type ServiceRecord, takeWork, Work } from "../graph/record.ts";
import { Starting } from "./starting.ts";
import { Stopping } from "./stopping.ts";
import { Waits } from "./waits.ts";

/** What the lifecycle knows beyond the records of services, as plain data; services by id. */
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

  /** Whether nothing is under way; see `Agenda`. */
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

  /** The service must pass through STOPPED; where it ends is left to its target (3.9). */
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

  /** Keeps the service, and what it needs, from stopping (7.2). */
  pinStart(service: ServiceRecord): void {
    this.#agenda.pinStart(service);
  }

  /** Clears both pins (7.3). Stops that were held back begin in the next drain. */
  unpin(service: ServiceRecord): void {
    this.#agenda.dropStartPin(service);
    service.pinStop = false;
  }

  /** *from* takes its claim on *to* (3.5). */
  hold(edge: Edge): void {
    this.#starting.hold(edge);
  }

  /** Takes an edge out of the graph; a service that waited for nothing else goes on. */
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

  /** Brings a STOPPING service down, or has it wait for its dependents. */
  bringDownIfClear(service: ServiceRecord): void {
    this.#stopping.bringDownIfClear(service);
  }

  /** The process of a service that was up has ended by itself: the service stops (3.10, 8.8). */
  processLost(service: ServiceRecord): void {
    this.#stopping.beginWithoutProcess(service);
  }

  /** Starts a STOPPING service again although its dependents are not down (8.8). */
  startWithoutWaiting(service: ServiceRecord): void {
    this.#stopping.startWithoutWaiting(service);
  }

  /** The console log has yielded. */
  consoleYielded(): void {
    this.#console.next();
  }

  /** Enters a phase, and with it the state that it belongs to. */
  enter(service: ServiceRecord, phase: Phase): void {
    this.#agenda.enter(service, phase);
  }

  /** What the lifecycle does about events: its part of the reactions in `phase_table.ts`. */
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

  /** What has to be saved along with the graph. */
  state(): LifecycleState {
    const heldBack = [...this.#agenda.heldBack()].map(({ id }) => id);
    return { heldBack, console: this.#console.state() };
  }

  /** Goes on with a graph that was saved. */
  restore({ heldBack, console }: LifecycleState): void {
    const records = (ids: readonly number[]) =>
      ids.map((id) => this.#graph.byId(id)).filter((record) => record !== undefined);
    this.#agenda.restore(this.#graph.records(), records(heldBack));
    this.#console.restore(console.holder, records(console.waiting));
  }

  // ---- Queues ------------------------------------------------------------------------------------------------

  /** Works until nothing moves (2). */
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

  /** Does what was deferred for a service (3.12). */
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
