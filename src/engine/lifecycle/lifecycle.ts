/**
 * The state machine of all services: what every request and event does, and how it spreads. Lifecycle specification
 * 2, 3 and 7, with the contract of its section 13 wherever the reference departs from its own rules. `state_changes.ts`
 * has the table of states, `docs/engine-states.svg` the picture of it.
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
 * after it. As long as nothing has been brought down, a new claim calls the stop off (`brought` is "up" still, or
 * "down" if it never was); a forced stop, or one that is half-way, is completed and followed by a new start.
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

import { ServiceState, StopReason } from "../../model/mod.ts";
import { Agenda, type LifecycleContext } from "./agenda.ts";
import { ConsoleQueue, type ConsoleState } from "./console.ts";
import { Ending, type FailureOptions } from "./ending.ts";
import type { ServiceGraph } from "../graph/graph.ts";
import type { Edge, ServiceRecord } from "../graph/record.ts";
import { Starting } from "./starting.ts";
import { Stopping } from "./stopping.ts";
import { Waits } from "./waits.ts";

const { STOPPED, STARTING, STOPPING } = ServiceState;

/** What the lifecycle knows beyond the records of services, as plain data; services by id. */
export interface LifecycleState {
  readonly heldBack: readonly number[];
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

  constructor(context: LifecycleContext) {
    this.#graph = context.graph;
    this.#agenda = new Agenda(context);
    this.#console = new ConsoleQueue(context.console, (service) => this.#starting.consoleGranted(service));
    const waits = new Waits(this.#agenda);
    this.#stopping = new Stopping(this.#agenda, this.#console, waits);
    this.#ending = new Ending(this.#agenda, this.#console, waits, this.#stopping);
    this.#starting = new Starting(this.#agenda, this.#console, waits, this.#stopping, this.#ending);
  }

  /** The number of services that are not STOPPED. */
  get activeCount(): number {
    return this.#agenda.activeCount;
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

  /** Begins to stop a service whose process has ended by itself (3.10). */
  beginStop(service: ServiceRecord): void {
    this.#stopping.begin(service);
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

  /** Starts a STOPPING service whose process has ended again, although its dependents are not down (8.8). */
  restartWithoutWaiting(service: ServiceRecord): void {
    this.#starting.withoutWaiting(service);
  }

  /** `kill-all-on-stop` has been carried out. */
  allKilled(service: ServiceRecord): void {
    this.#stopping.allKilled(service);
  }

  /** The console log has yielded. */
  consoleYielded(): void {
    this.#console.next();
  }

  /** Enters a state, keeping the count of active services and the time of the change. */
  setState(service: ServiceRecord, state: ServiceState): void {
    this.#agenda.setState(service, state);
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
    do {
      for (;;) {
        const next = propagation.take();
        if (next !== undefined) {
          this.#propagate(next);
          continue;
        }
        const transition = transitions.take();
        if (transition === undefined) break;
        this.#transition(transition);
      }
    } while (this.#stopping.beginDueStops());
  }

  /** Does what was deferred for a service (3.12). */
  #propagate(service: ServiceRecord): void {
    const { pending } = service;
    if (pending.claim) {
      pending.claim = false;
      for (const edge of service.dependencies) this.#starting.hold(edge);
    }
    if (pending.release) {
      pending.release = false;
      for (const edge of service.dependencies) this.#stopping.letGo(edge, { mayStop: true });
    }
    if (pending.fail) {
      pending.fail = false;
      service.reason = StopReason.DEPFAILED;
      this.#agenda.setState(service, STOPPED);
      this.#ending.failStart(service, { viaDependency: true });
    }
    if (pending.start) {
      pending.start = false;
      if (service.claims > 0) this.#starting.begin(service);
    }
    if (pending.stop) {
      pending.stop = false;
      this.#stopping.begin(service, service.userRestart);
    }
  }

  /** Brings a service up or down if it is time (3.13). */
  #transition(service: ServiceRecord): void {
    if (service.state === STARTING && service.waitDeps && service.waits === 0) {
      this.#starting.dependenciesUp(service);
    } else if (service.state === STOPPING) {
      this.#stopping.bringDownIfClear(service);
    }
  }
}
