/**
 * The service graph: the services and the edges between them. It knows the dependencies, but not their consequences.
 * Lifecycle specification 1.5 and 12.
 */

import { type DependencyKind, isOrdering, type ServiceDescription, ServiceType } from "../../model/mod.ts";
import { type Edge, isHard, newRecord, resetRecord, type ServiceRecord } from "./record.ts";
import { NO_CHANGES, type StateChanges } from "./state_changes.ts";

/** The fields of a type, for their only writer. */
type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/**
 * All services and placeholders in load order. It is the only writer of edges and of the fields that a load sets, so
 * that no change of them is forgotten when the state is saved.
 */
export class ServiceGraph {
  /** Is told what changes. */
  changes: StateChanges = NO_CHANGES;
  readonly #byName = new Map<string, ServiceRecord>();
  readonly #byId = new Map<number, ServiceRecord>();
  #nextId: number;
  #nextOrder = 1;

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
    this.changes.engine();
    this.changes.service(record);
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
    this.changes.service(record);
    this.changes.description(record);
  }

  /** Gives a record a description and its type. */
  describe(record: ServiceRecord, description: ServiceDescription): void {
    const place: Writable<ServiceRecord> = record;
    place.type = description.type;
    place.description = description;
    this.changes.service(record);
    this.changes.description(record);
  }

  /** Resets a stopped record; its name, its edges and its place in the load order stay. */
  reset(record: ServiceRecord, type: ServiceType): void {
    resetRecord(record, type);
    this.changes.service(record);
    this.changes.description(record);
  }

  /** Connects the output of a service to the standard input of its consumer; `undefined`: it has none any more. */
  setConsumer(producer: ServiceRecord, consumer: ServiceRecord | undefined): void {
    const place: Writable<ServiceRecord> = producer;
    place.consumer = consumer;
    this.changes.service(producer);
  }

  // ---- Edges ---------------------------------------------------------------------------------------------------

  /** Adds an edge after all others of both ends. */
  connect(from: ServiceRecord, to: ServiceRecord, kind: DependencyKind): Edge {
    const edge: Edge = {
      from,
      to,
      kind,
      order: this.#nextOrder,
      waiting: false,
      holding: false,
      unmet: false,
    };
    this.insertEdge(edge);
    return edge;
  }

  /** Adds an edge that was made elsewhere, with a larger order than all others. */
  insertEdge(edge: Edge): void {
    const from: Writable<ServiceRecord> = edge.from;
    this.#nextOrder = edge.order + 1;
    // The first `push` to an empty array allocates room for 17, and few services have so many dependencies.
    if (from.dependencies.length === 0) from.dependencies = [edge];
    else from.dependencies.push(edge);
    edge.to.dependents.push(edge);
    if (edge.waiting) from.waits += 1;
    this.changes.edgeAdded(edge);
  }

  /** Removes an edge. If it holds a claim, the caller releases it. */
  disconnect(edge: Edge): void {
    this.setWaiting(edge, false);
    drop(edge.from.dependencies, edge);
    drop(edge.to.dependents, edge);
    this.changes.edgeRemoved(edge);
  }

  /** *from* begins or ceases to wait for *to*. */
  setWaiting(edge: Edge, waiting: boolean): void {
    if (edge.waiting === waiting) return;
    const place: Writable<Edge> = edge;
    const from: Writable<ServiceRecord> = edge.from;
    place.waiting = waiting;
    from.waits += waiting ? 1 : -1;
    this.changes.edge(edge);
  }

  /** *from* gets or loses its claim on *to*. The caller changes the number of claims. */
  setHolding(edge: Edge, holding: boolean): void {
    const place: Writable<Edge> = edge;
    place.holding = holding;
    this.changes.edge(edge);
  }

  /** *to* is, or is no longer, a milestone that was added while *from* was starting. */
  setUnmet(edge: Edge, unmet: boolean): void {
    if (edge.unmet === unmet) return;
    const place: Writable<Edge> = edge;
    place.unmet = unmet;
    this.changes.edge(edge);
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
