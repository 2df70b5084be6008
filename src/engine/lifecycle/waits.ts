/**
 * Which service waits for which. A starting service waits for its dependencies; each of them is a waiting edge. A
 * stopping service waits for its hard dependents. Lifecycle specification 3.3, 3.4 and 3.13.
 */

import { isOrdering, ServiceState } from "../../model/mod.ts";
import type { Agenda } from "./agenda.ts";
import type { ServiceGraph } from "../graph/graph.ts";
import { PHASE } from "./phase.ts";
import {
  type Edge,
  isActive,
  isHard,
  isTriviallyStopped,
  prepareProcess,
  type ServiceRecord,
} from "../graph/record.ts";
import { askedAt } from "../times.ts";

const { STARTING, STARTED } = ServiceState;

/** The beginning and the end of waiting. */
export class Waits {
  readonly #agenda: Agenda;

  constructor(agenda: Agenda) {
    this.#agenda = agenda;
  }

  get #graph(): ServiceGraph {
    return this.#agenda.context.graph;
  }

  /** STARTING, waiting for dependencies (3.3). */
  enterStarting(service: ServiceRecord): void {
    prepareProcess(service);
    service.startFailed = false;
    service.gaveUp = undefined;
    service.skipped = false;
    service.times = askedAt(this.#agenda.now());
    this.#agenda.enter(service, PHASE.waitingForDependencies);
    this.#reattach(service);
    this.#agenda.deferClaims(service);
    this.#mark(service);
    this.reviewDependencies(service);
    if (service.waits === 0) this.#agenda.transitions.add(service);
  }

  /** Soft dependents that are up claim the service again when anything starts it (6.1). */
  #reattach(service: ServiceRecord): void {
    for (const edge of service.dependents) {
      if (isHard(edge) || isOrdering(edge.kind) || edge.holding || !isActive(edge.from)) continue;
      this.#graph.setHolding(edge, true);
      service.claims += 1;
    }
  }

  /** Computes what the service must wait for, and which services must wait for it (3.4). */
  #mark(service: ServiceRecord): void {
    for (const edge of service.dependencies) {
      this.#graph.setUnmet(edge, false);
      const { state } = edge.to;
      this.#graph.setWaiting(edge, isOrdering(edge.kind) ? state === STARTING : state !== STARTED);
    }
    for (const edge of service.dependents) {
      if (!isOrdering(edge.kind)) continue;
      const { kind } = edge.from.phase;
      if (kind === "waiting-for-dependencies" || kind === "waiting-for-console") {
        this.#graph.setWaiting(edge, true);
      }
    }
  }

  /** The service waits for nothing any more. */
  clear(service: ServiceRecord): void {
    if (service.waits === 0) return;
    for (const edge of service.dependencies) this.#graph.setWaiting(edge, false);
  }

  /** *from* no longer has to wait for *to*. */
  end(edge: Edge): void {
    this.#graph.setWaiting(edge, false);
    const { from } = edge;
    if (from.phase.kind !== "waiting-for-dependencies") return;
    if (from.waits === 0) this.decide(edge);
    this.#agenda.transitions.add(from);
  }

  /** *to* decides how long *from* waits: it is the last one, or *from* fails because of it. */
  decide({ from, to }: Edge): void {
    if (from.times === undefined) return;
    from.times.decidedBy = to.name;
    this.#agenda.changed(from);
  }

  /** Nothing has to wait for the service any more. */
  endAllFor(service: ServiceRecord): void {
    for (const edge of service.dependents) {
      this.#graph.setUnmet(edge, false);
      if (edge.waiting) this.end(edge);
    }
  }

  /** Dependencies that wait for this service to stop check again (3.16, step 5). */
  reviewDependencies(service: ServiceRecord): void {
    for (const { to } of service.dependencies) {
      if (to.phase.kind === "waiting-for-dependents") this.#agenda.transitions.add(to);
    }
  }
}

/** Whether a hard dependent still has to stop before the service may be brought down (3.13). */
export function isBlocked(service: ServiceRecord): boolean {
  return service.dependents.some((edge) => isHard(edge) && !isTriviallyStopped(edge.from));
}
