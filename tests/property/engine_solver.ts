/**
 * A second computation of which services are up at rest, without queues, states or time, by sets and fixed points over
 * the whole graph. It is slow and simple on purpose; the engine must agree with it.
 */

import { DependencyKind } from "../../src/model/mod.ts";

/** A service that the solver knows about. */
export interface SolvedService {
  /** Whether it restarts automatically when its process ends or a hard dependency restarts. */
  readonly restarts: boolean;
  /** It never comes up. */
  readonly fails: boolean;
  readonly edges: readonly { readonly to: number; readonly kind: DependencyKind }[];
}

interface SolvedEdge {
  readonly from: number;
  readonly to: number;
  readonly kind: DependencyKind;
}

/** Services at rest. */
export class Solver {
  readonly #services: readonly SolvedService[];
  readonly #edges: readonly SolvedEdge[];
  /** The services that are up. */
  readonly up = new Set<number>();
  readonly explicit = new Set<number>();
  readonly startPins = new Set<number>();
  readonly stopPins = new Set<number>();
  readonly #held = new Set<SolvedEdge>();

  constructor(services: readonly SolvedService[]) {
    this.#services = services;
    const isOrdering = (kind: DependencyKind) =>
      kind === DependencyKind.BEFORE || kind === DependencyKind.AFTER;
    this.#edges = services.flatMap(({ edges }, from) =>
      edges.filter(({ kind }) => !isOrdering(kind)).map(({ to, kind }) => ({ from, to, kind }))
    );
  }

  /** How many claims a service has. */
  claims(service: number): number {
    return [...this.#held].filter(({ to }) => to === service).length + (this.explicit.has(service) ? 1 : 0);
  }

  start(service: number, { pin = false } = {}): void {
    const isUp = this.up.has(service);
    if (pin && (isUp || !this.stopPins.has(service))) this.startPins.add(service);
    if (this.stopPins.has(service)) return;
    this.explicit.add(service);
    this.#bringUp([service]);
  }

  stop(service: number, { pin = false } = {}): void {
    if (this.up.has(service) && this.#above([...this.startPins]).has(service)) return;
    if (pin) this.stopPins.add(service);
    if (!this.up.has(service)) return;
    const down = this.#dependents(service);
    for (const member of down) this.#takeDown(member);
    this.#dropUnneeded();
  }

  release(service: number, { pin = false } = {}): void {
    if (pin) this.stopPins.add(service);
    this.explicit.delete(service);
    this.#dropUnneeded();
  }

  unpin(service: number): void {
    this.startPins.delete(service);
    this.stopPins.delete(service);
    this.#dropUnneeded();
  }

  wake(service: number): void {
    if (this.stopPins.has(service) && !this.up.has(service)) return;
    const wanting = this.#edges.filter(({ from, to }) => to === service && this.up.has(from));
    if (wanting.length === 0) return;
    for (const edge of wanting) this.#held.add(edge);
    this.#bringUp([service]);
  }

  restart(service: number): void {
    if (!this.up.has(service)) return;
    this.#bounce(this.#dependents(service));
  }

  /** The process of a service ends unexpectedly. */
  loseProcess(service: number): void {
    const down = this.#dependents(service);
    for (const member of down) {
      if (this.#services[member].restarts) continue;
      this.explicit.delete(member);
      for (const edge of this.#edges) if (edge.to === member && !isHard(edge)) this.#held.delete(edge);
    }
    for (const member of down) this.up.delete(member);
    this.#dropUnneeded(down);
    const back = [...down].filter((member) => this.#needed(down).has(member));
    for (const member of down) {
      if (back.includes(member)) continue;
      for (const edge of this.#edges) if (edge.from === member) this.#held.delete(edge);
    }
    this.#bounce(new Set(back));
  }

  /** These services restart, with their prepared-by dependencies and all hard dependents of these. */
  #bounce(bounced: Set<number>): void {
    for (const member of bounced) {
      for (const { from, to, kind } of this.#edges) {
        if (from !== member || kind !== DependencyKind.PREPARED_BY || !this.up.has(to)) continue;
        for (const dependent of this.#dependents(to)) bounced.add(dependent);
      }
    }
    for (const member of bounced) this.up.delete(member);
    this.#bringUp([...bounced]);
  }

  /** The service and all its hard dependents that are up. */
  #dependents(service: number): Set<number> {
    const found = new Set([service]);
    for (const member of found) {
      for (const edge of this.#edges) {
        if (edge.to === member && isHard(edge) && this.up.has(edge.from)) found.add(edge.from);
      }
    }
    return found;
  }

  /** These services and all their hard dependencies. */
  #above(services: readonly number[]): Set<number> {
    const found = new Set(services.filter((service) => this.up.has(service)));
    for (const member of found) {
      for (const edge of this.#edges) if (edge.from === member && isHard(edge)) found.add(edge.to);
    }
    return found;
  }

  /** These services are wanted: they start with their dependencies, or fail. */
  #bringUp(services: readonly number[]): void {
    const begun = new Set(services.filter((service) => !this.up.has(service)));
    for (const member of begun) {
      if (this.stopPins.has(member)) continue;
      for (const edge of this.#edges) {
        if (edge.from !== member) continue;
        this.#held.add(edge);
        if (!this.up.has(edge.to)) begun.add(edge.to);
      }
    }
    for (const edge of this.#edges) {
      if (begun.has(edge.to) && this.up.has(edge.from) && !isHard(edge)) this.#held.add(edge);
    }
    const failing = new Set([...begun].filter((member) => this.#cannotStart(member)));
    for (let size = -1; size !== failing.size;) {
      size = failing.size;
      for (const edge of this.#edges) {
        const needs = isHard(edge) || edge.kind === DependencyKind.MILESTONE;
        if (needs && begun.has(edge.from) && failing.has(edge.to)) failing.add(edge.from);
      }
    }
    for (const member of begun) if (!failing.has(member)) this.up.add(member);
    for (const member of failing) this.#takeDown(member);
    for (const member of failing) this.startPins.delete(member);
    this.#dropUnneeded();
  }

  #cannotStart(service: number): boolean {
    return this.#services[service].fails || this.stopPins.has(service);
  }

  #takeDown(service: number): void {
    this.up.delete(service);
    this.explicit.delete(service);
    for (const edge of this.#edges) {
      if (edge.from === service || edge.to === service) this.#held.delete(edge);
    }
  }

  /** What explicit activations and start pins keep up, among the services that are up and `also`. */
  #needed(also: ReadonlySet<number> = new Set()): Set<number> {
    const there = (service: number) => this.up.has(service) || also.has(service);
    const needed = new Set([...this.explicit, ...this.startPins].filter(there));
    for (const member of needed) {
      for (const edge of this.#held) if (edge.from === member && there(edge.to)) needed.add(edge.to);
    }
    return needed;
  }

  #dropUnneeded(also?: ReadonlySet<number>): void {
    const needed = this.#needed(also);
    for (const member of this.up) {
      if (needed.has(member)) continue;
      this.up.delete(member);
      for (const edge of this.#edges) if (edge.from === member) this.#held.delete(edge);
    }
  }
}

function isHard({ kind }: SolvedEdge): boolean {
  return kind === DependencyKind.REGULAR || kind === DependencyKind.PREPARED_BY;
}
