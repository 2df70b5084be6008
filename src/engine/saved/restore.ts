/**
 * The documents of an engine at rest, and an engine that continues from them. The documents contain neither listeners
 * nor the host's data about processes; the host identifies processes by the ids of services, which stay the same.
 */

import { type ServiceDescription, ServiceType } from "../../model/mod.ts";
import { fromPlain, type Plain, type SavedParts, SavedStateError } from "../../model/saving.ts";
import { ServiceGraph } from "../graph/graph.ts";
import { newRecord, type ServiceRecord } from "../graph/record.ts";
import { PHASE_STATES } from "../lifecycle/phase.ts";
import { ServiceManager } from "../manager.ts";
import type { ManagerOptions } from "../manager_options.ts";
import { savedDescription } from "./description_schema.ts";
import { resume } from "./resume.ts";
import {
  type SavedEdge,
  savedEdge,
  type SavedEngine,
  savedEngine,
  savedEnvironment,
  type SavedService,
  savedService,
} from "./schemas.ts";

const NO_DOCUMENTS: ReadonlyMap<number, Plain> = new Map();

/**
 * All documents of an engine that has a store. The engine must be at rest, as it is between any two calls of its public
 * face; otherwise throws an `Error`.
 */
export function snapshot(manager: ServiceManager): SavedParts {
  const records = [...manager.graph.records()];
  if (!manager.lifecycle.isAtRest || records.some(isBusy)) {
    throw new Error("Cannot save the engine: it is not at rest");
  }
  const ids = records.map(({ id }) => id);
  const orders = records.flatMap(({ dependencies }) => dependencies.map(({ order }) => order)).sort((a, b) =>
    a - b
  );
  return new Map(manager.stateParts.map((part) => {
    const numbers = part.name === "edge" ? orders : [0, ...ids];
    const documents = numbers.map((number) => [number, part.document(number)] as const);
    return [part.name, new Map(documents.filter(isPresent))];
  }));
}

function isPresent(entry: readonly [number, Plain | undefined]): entry is readonly [number, Plain] {
  return entry[1] !== undefined;
}

/** Whether the service has queued work. */
function isBusy({ work, loading }: ServiceRecord): boolean {
  return loading || work !== 0;
}

/**
 * Makes an engine that continues from saved documents. It does nothing until its `resume` is called. The clock must be
 * that of the saved times. Missing fields have their defaults, and unknown fields are ignored. Throws `SavedStateError`
 * for a value of the wrong type, a reference without a target, and a name or number that occurs twice. `options.graph`
 * is ignored.
 */
export function restore(options: ManagerOptions, parts: SavedParts): ServiceManager {
  const documents = (part: string) => parts.get(part) ?? NO_DOCUMENTS;
  const engine = savedEngine(documents("engine").get(0) ?? {}, "engine 0");
  const all = <T>(part: string, read: (document: Plain, path: string) => T): Map<number, T> =>
    new Map([...documents(part)].map(([number, document]) => [number, read(document, `${part} ${number}`)]));
  const graph = restoredGraph({
    engine,
    services: all("service", savedService),
    descriptions: all("description", (document, path) => savedDescription(original(document, path), path)),
    edges: all("edge", savedEdge),
  });
  const { changes } = savedEnvironment(documents("environment").get(0) ?? {}, "environment 0");
  const variables = new Map(changes.map(({ name, value }) => [name, value]));
  return new ServiceManager({ ...options, graph, saved: { ...engine, variables, resume } });
}

/** The original value of a plain one, which may be damaged. */
function original(document: Plain, path: string): unknown {
  try {
    return fromPlain(document);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    throw new SavedStateError(path, `cannot be read: ${error.message}`);
  }
}

/** The services with their edges. */
function restoredGraph({ engine, services, descriptions, edges }: {
  readonly engine: SavedEngine;
  readonly services: ReadonlyMap<number, SavedService>;
  readonly descriptions: ReadonlyMap<number, ServiceDescription>;
  readonly edges: ReadonlyMap<number, SavedEdge>;
}): ServiceGraph {
  const graph = new ServiceGraph({ nextId: engine.nextId });
  const ids = new Set([...services.keys(), ...descriptions.keys()]);
  for (const id of [...ids].sort((a, b) => a - b)) {
    const saved = services.get(id) ?? savedService({}, `service ${id}`);
    const description = descriptions.get(id);
    const place = description === undefined ? `service ${id}` : `description ${id}`;
    const name = description?.name ?? saved.name ?? "";
    if (id < 1 || id >= engine.nextId) throw new SavedStateError(place, "its id may be given out again");
    if (name === "") throw new SavedStateError(`${place}.name`, "is missing");
    if (graph.get(name) !== undefined) {
      throw new SavedStateError(`${place}.name`, "belongs to another service");
    }
    if (description === undefined && saved.phase.kind !== "stopped") {
      throw new SavedStateError(`${place}.phase`, "a service without a description is always stopped");
    }
    graph.insert(
      restoredRecord(newRecord(id, name, description?.type ?? ServiceType.PLACEHOLDER), saved, description),
    );
  }
  const find = (id: number, path: string): ServiceRecord => {
    const record = graph.byId(id);
    if (record === undefined) throw new SavedStateError(path, `there is no service with the id ${id}`);
    return record;
  };
  for (const [id, { consumer }] of services) {
    const path = `service ${id}`;
    if (consumer !== undefined) graph.setConsumer(find(id, path), find(consumer, `${path}.consumer`));
  }
  for (const [order, { from, to, ...edge }] of [...edges].sort(([a], [b]) => a - b)) {
    const path = `edge ${order}`;
    const ends = { from: find(from, `${path}.from`), to: find(to, `${path}.to`) };
    graph.insertEdge({ ...edge, ...ends, order });
    if (edge.holding) ends.to.claims += 1;
  }
  const { heldBack, console } = engine;
  heldBack.forEach((id, index) => find(id, `engine 0.heldBack[${index}]`));
  console.waiting.forEach((id, index) => find(id, `engine 0.console.waiting[${index}]`));
  return graph;
}

function restoredRecord(
  fresh: ServiceRecord,
  { name: _name, consumer: _consumer, process, ...saved }: SavedService,
  description: ServiceDescription | undefined,
): ServiceRecord {
  return {
    ...fresh,
    ...saved,
    description: description ?? fresh.description,
    state: PHASE_STATES[saved.phase.kind],
    claims: saved.explicit ? 1 : 0,
    process: process ?? fresh.process,
  };
}
