import { NO_STATE_STORE, type Plain, type StatePart, type StateStore } from "../../model/saving.ts";
import { isLoaded, type ServiceGraph } from "../graph/graph.ts";
import type { Edge, ServiceRecord } from "../graph/record.ts";
import type { StateChanges } from "../graph/state_changes.ts";
import {
  descriptionDocument,
  edgeDocument,
  type EngineData,
  engineDocument,
  environmentDocument,
  serviceDocument,
} from "./documents.ts";

/** What the state of an engine is read from. */
export interface EngineStateContext {
  readonly graph: ServiceGraph;
  readonly store: StateStore;
  /** The data that belongs to no service. */
  data(): EngineData;
}

/** The saved state of an engine: its parts, and what of them has changed. */
export class EngineState implements StateChanges {
  /** All parts. */
  readonly parts: readonly StatePart[];
  /** The variables that clients have changed, in the order of the changes; `undefined`: removed. */
  readonly variables: Map<string, string | undefined> = new Map();
  /** All edges by their order; empty if nothing is saved. */
  readonly #edges = new Map<number, Edge>();
  readonly #store: StateStore;
  readonly #engine: StatePart;
  readonly #service: StatePart;
  readonly #edge: StatePart;
  readonly #description: StatePart;
  readonly #environment: StatePart;

  constructor({ graph, store, data }: EngineStateContext) {
    this.#store = store;
    if (store !== NO_STATE_STORE) {
      graph.changes = this;
      for (const { dependencies } of graph.records()) {
        for (const edge of dependencies) this.#edges.set(edge.order, edge);
      }
    }
    this.#engine = {
      name: "engine",
      document: (number) => number === 0 ? engineDocument(data()) : undefined,
    };
    this.#service = {
      name: "service",
      document: (id) => documentOf(graph.byId(id), serviceDocument),
    };
    this.#edge = {
      name: "edge",
      document: (order) => documentOf(this.#edges.get(order), edgeDocument),
    };
    this.#description = {
      name: "description",
      document: (id) =>
        documentOf(
          graph.byId(id),
          (record) => isLoaded(record) ? descriptionDocument(record) : undefined,
        ),
    };
    this.#environment = {
      name: "environment",
      document: (number) => number === 0 ? environmentDocument(this.variables) : undefined,
    };
    this.parts = [this.#engine, this.#service, this.#edge, this.#description, this.#environment];
  }

  engine(): void {
    this.#store.changed(this.#engine, 0);
  }

  service({ id }: ServiceRecord): void {
    this.#store.changed(this.#service, id);
  }

  edgeAdded(edge: Edge): void {
    this.#edges.set(edge.order, edge);
    this.edge(edge);
  }

  edge({ order }: Edge): void {
    this.#store.changed(this.#edge, order);
  }

  edgeRemoved(edge: Edge): void {
    this.#edges.delete(edge.order);
    this.edge(edge);
  }

  description({ id }: ServiceRecord): void {
    this.#store.changed(this.#description, id);
  }

  /** A client has set or (`undefined`) removed a variable. */
  variable(name: string, value: string | undefined): void {
    if (this.variables.get(name) === undefined) this.variables.delete(name); // a new variable comes last
    this.variables.set(name, value);
    this.#store.changed(this.#environment, 0);
  }
}

function documentOf<T>(subject: T | undefined, make: (subject: T) => Plain | undefined): Plain | undefined {
  return subject === undefined ? undefined : make(subject);
}
