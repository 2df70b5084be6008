/**
 * The service graph: the services and the edges between them. It knows the dependencies, but not their consequences.
 * Lifecycle specification 1.5 and 12.
 */

import { type DependencyKind, isOrdering, ServiceType } from "../../model/mod.ts";
import { type Edge, isHard, newRecord, type ServiceRecord, setWaiting } from "./record.ts";

/** All services and placeholders in load order. */
export class ServiceGraph {
  readonly #byName = new Map<string, ServiceRecord>();
  readonly #byId = new Map<number, ServiceRecord>();
  #nextId: number;

  /** `nextId`: the id of the next record. @default 1 */
  constructor({ nextId = 1 } = {}) {
    this.#nextId = nextId;
  }

  /** The id of the next record. */
  get nextId(): number {
    return this.#nextId;
  }

  /** The number of records, including placeholders and services that are being loaded. */
  get size(): number {
    return this.#byName.size;
  }

  /** The record with this full name: a service, a service that is being loaded, or a placeholder. */
  get(name: string): ServiceRecord | undefined {
    return this.#byName.get(name);
  }

  /** The record with this id, unless it has been removed. */
  byId(id: number): ServiceRecord | undefined {
    return this.#byId.get(id);
  }

  /** A loaded service; placeholders and services that are being loaded do not count. */
  find(name: string): ServiceRecord | undefined {
    const record = this.#byName.get(name);
    return record === undefined || !isLoaded(record) ? undefined : record;
  }

  /** The loaded services in load order. */
  *services(): Generator<ServiceRecord> {
    for (const record of this.#byName.values()) if (isLoaded(record)) yield record;
  }

  /** All records in load order, including placeholders and services that are being loaded. */
  records(): IterableIterator<ServiceRecord> {
    return this.#byName.values();
  }

  /** Makes a record; the name must be free. */
  add(name: string, type: ServiceType): ServiceRecord {
    const record = newRecord(this.#nextId++, name, type);
    this.insert(record);
    return record;
  }

  /** Adds a record that was made elsewhere; its name and id must be free. */
  insert(record: ServiceRecord): void {
    this.#byName.set(record.name, record);
    this.#byId.set(record.id, record);
  }

  /** The record with this name, or a new placeholder (service description 2.6). */
  getOrPlaceholder(name: string): ServiceRecord {
    return this.#byName.get(name) ?? this.add(name, ServiceType.PLACEHOLDER);
  }

  /** Removes a record. Its edges must be gone. */
  remove(record: ServiceRecord): void {
    if (this.#byName.get(record.name) === record) this.#byName.delete(record.name);
    this.#byId.delete(record.id);
  }

  /** Adds an edge after all others of both ends. */
  connect(from: ServiceRecord, to: ServiceRecord, kind: DependencyKind): Edge {
    const edge: Edge = { from, to, kind, waiting: false, holding: false, unmet: false };
    // The first `push` to an empty array allocates room for 17, and few services have so many dependencies.
    if (from.dependencies.length === 0) from.dependencies = [edge];
    else from.dependencies.push(edge);
    to.dependents.push(edge);
    return edge;
  }

  /** Removes an edge. If it holds a claim, the caller releases it. */
  disconnect(edge: Edge): void {
    setWaiting(edge, false);
    drop(edge.from.dependencies, edge);
    drop(edge.to.dependents, edge);
  }

  /** Removes a placeholder to which no edge and no consumer refers any more. */
  removeIfUnused(record: ServiceRecord): void {
    if (record.type !== ServiceType.PLACEHOLDER || record.loading) return;
    if (record.dependencies.length > 0 || record.dependents.length > 0 || record.consumer !== undefined) {
      return;
    }
    this.remove(record);
  }

  /** The first edge of this kind between two services. */
  edge(from: ServiceRecord, to: ServiceRecord, kind: DependencyKind): Edge | undefined {
    return from.dependencies.find((edge) => edge.to === to && edge.kind === kind);
  }
}

/** Whether a record is a completely loaded service. */
export function isLoaded(record: ServiceRecord): boolean {
  return record.type !== ServiceType.PLACEHOLDER && !record.loading;
}

/** Whether `target` can be reached from any of `starts` along outgoing edges of every kind. */
export function reaches(starts: Iterable<ServiceRecord>, target: ServiceRecord): boolean {
  const seen = new Set<ServiceRecord>(starts);
  for (const record of seen) {
    if (record === target) return true;
    for (const edge of record.dependencies) seen.add(edge.to); // a Set is iterated in insertion order, including elements added meanwhile
  }
  return false;
}

/**
 * Whether a start pin holds the service: its own pin, or that of a service that needs it through hard edges (lifecycle
 * 7.2). It is computed from the graph on each call, so it is never out of date.
 */
export function isStartPinned(service: ServiceRecord): boolean {
  if (service.pinStart) return true;
  const seen = new Set<ServiceRecord>([service]);
  for (const record of seen) {
    for (const edge of record.dependents) {
      if (!isHard(edge)) continue;
      if (edge.from.pinStart) return true;
      seen.add(edge.from);
    }
  }
  return false;
}

/**
 * The number of services in the longest chain of dependencies through an edge between the two; orderings do not count.
 */
export function chainLength(from: ServiceRecord, to: ServiceRecord): number {
  return longest(from, (record) => record.dependents, (edge) => edge.from) +
    longest(to, (record) => record.dependencies, (edge) => edge.to);
}

/** The number of services in the longest path from `start`. The graph has no cycles. */
function longest(
  start: ServiceRecord,
  edges: (record: ServiceRecord) => readonly Edge[],
  end: (edge: Edge) => ServiceRecord,
): number {
  const lengths = new Map<ServiceRecord, number>();
  const path = [start];
  while (path.length > 0) {
    const record = path[path.length - 1];
    const next = edges(record).filter((edge) => !isOrdering(edge.kind)).map(end);
    const unknown = next.find((other) => !lengths.has(other));
    if (unknown !== undefined) {
      path.push(unknown);
      continue;
    }
    lengths.set(record, 1 + Math.max(0, ...next.map((other) => lengths.get(other)!)));
    path.pop();
  }
  return lengths.get(start)!;
}

function drop(edges: Edge[], edge: Edge): void {
  const at = edges.indexOf(edge);
  if (at !== -1) edges.splice(at, 1);
}
