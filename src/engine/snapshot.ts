/**
 * The complete state of an engine at rest as plain data, so that another process can continue. It does not contain the
 * environment, listeners, and the host's data about processes. The host finds its processes again by the ids of
 * services, which stay the same.
 */

import { ServiceType } from "../model/mod.ts";
import { fromPlain, type Plain, toPlain } from "../model/saving.ts";
import { type SavedEdge, type SavedEngine, savedEngine, type SavedRecord } from "./saved_state.ts";
import { SavedStateError } from "../model/saving.ts";
import { ServiceGraph } from "./graph/graph.ts";
import { ServiceManager } from "./manager.ts";
import type { ManagerOptions } from "./manager_options.ts";
import { PHASE_STATES } from "./lifecycle/phase.ts";
import {
  type Edge,
  hasProcessState,
  newRecord,
  type ProcessState,
  type ServiceRecord,
} from "./graph/record.ts";
import type { ActivationTimes } from "./times.ts";

/** The format that this program writes. Missing fields have defaults, so a new field needs no new format. */
const FORMAT = 2;

/** The state of an engine. It survives `JSON.stringify`. */
export interface Snapshot {
  /** The format of `engine`. */
  readonly version: number;
  /** The state itself. */
  readonly engine: Plain;
}

/**
 * Saves the state of an engine. The engine must be at rest, as it is between any two calls of its public face;
 * otherwise throws an `Error`.
 */
export function snapshot(manager: ServiceManager): Snapshot {
  const records = [...manager.graph.records()];
  if (!manager.lifecycle.isAtRest || records.some(isBusy)) {
    throw new Error("Cannot save the engine: it is not at rest");
  }
  const edges = records.flatMap((record) => record.dependencies);
  const places = new Map(edges.map((edge, place) => [edge, place]));
  const engine: SavedEngine = {
    takenAt: manager.now(),
    nextId: manager.graph.nextId,
    shutdownType: manager.shutdownType,
    lifecycle: manager.lifecycle.state(),
    records: records.map((record) => savedRecord(record, places)),
    edges: edges.map(({ from, to, ...edge }): SavedEdge => ({ ...edge, from: from.id, to: to.id })),
  };
  return { version: FORMAT, engine: toPlain(engine) };
}

/** Whether the service has queued work. */
function isBusy({ work, loading }: ServiceRecord): boolean {
  return loading || work !== 0;
}

function savedRecord(service: ServiceRecord, places: ReadonlyMap<Edge, number>): SavedRecord {
  const {
    state: _state,
    claims: _claims,
    waits: _waits,
    dependencies: _dependencies,
    work: _work,
    loading: _loading,
    ...rest
  } = service;
  return {
    ...rest,
    dependents: service.dependents.map((edge) => places.get(edge)!), // each edge is a dependency of its other end
    consumer: service.consumer?.id,
    process: hasProcessState(service) ? service.process : undefined,
  };
}

/** The options of a restore. */
export interface RestoreOptions {
  /** Milliseconds since the snapshot was taken. @default 0 */
  elapsed?: number;
}

/**
 * Makes an engine that continues from a snapshot, and sets its timers again. Missing fields have their defaults. Throws
 * `SavedStateError` for an unknown format, a value of the wrong type, and a reference without a target; then nothing
 * has changed. `options.graph` and `options.shutdownType` are ignored.
 */
export function restore(
  options: ManagerOptions,
  { version, engine }: Snapshot,
  { elapsed = 0 }: RestoreOptions = {},
): ServiceManager {
  if (version !== FORMAT) {
    const age = version > FORMAT ? "of a newer program" : "not known";
    throw new SavedStateError("version", `format ${version} is ${age}; this program has format ${FORMAT}`);
  }
  const saved = savedEngine(fromPlain(engine), "engine");
  const { nextId, shutdownType } = saved;
  const shift = options.clock.now() - elapsed - saved.takenAt;
  const graph = new ServiceGraph({ nextId });
  for (const [index, record] of saved.records.entries()) {
    const isTaken = graph.get(record.name) !== undefined || graph.byId(record.id) !== undefined;
    if (isTaken || record.id >= nextId) {
      throw new SavedStateError(`engine.records[${index}]`, "its name or id belongs to another service");
    }
    graph.insert(restoredRecord(record, shift));
  }
  connect(graph, saved);
  const manager = new ServiceManager({ ...options, graph, shutdownType });
  manager.lifecycle.restore(saved.lifecycle);
  for (const { id, process } of graph.records()) {
    if (process.timer !== undefined) options.clock.setTimer(id, process.timer.purpose, process.timer.at);
  }
  return manager;
}

function restoredRecord(saved: SavedRecord, shift: number): ServiceRecord {
  const { dependents: _dependents, consumer: _consumer, process, times, ...rest } = saved;
  const fresh = newRecord(saved.id, saved.name, saved.type);
  return {
    ...fresh,
    ...rest,
    state: PHASE_STATES[saved.phase.kind],
    since: saved.since + shift,
    claims: saved.explicit ? 1 : 0,
    process: process === undefined ? fresh.process : restoredProcess(process, shift),
    times: times && restoredTimes(times, shift),
  };
}

function restoredProcess(saved: ProcessState, shift: number): ProcessState {
  const { timer, lastLaunch, limitStart } = saved;
  return {
    ...saved,
    timer: timer && { ...timer, at: timer.at + shift },
    lastLaunch: shifted(lastLaunch, shift),
    limitStart: limitStart + shift,
  };
}

function restoredTimes(saved: ActivationTimes, shift: number): ActivationTimes {
  return {
    asked: saved.asked + shift,
    unblocked: shifted(saved.unblocked, shift),
    decidedBy: saved.decidedBy,
    launched: shifted(saved.launched, shift),
    ready: shifted(saved.ready, shift),
    stopAsked: shifted(saved.stopAsked, shift),
    ended: shifted(saved.ended, shift),
  };
}

function shifted(time: number | undefined, shift: number): number | undefined {
  return time === undefined ? undefined : time + shift;
}

/** Connects the edges again, and computes the sums that depend on them. */
function connect(graph: ServiceGraph, saved: SavedEngine): void {
  const find = (id: number, path: string): ServiceRecord => {
    const record = graph.byId(id);
    if (record === undefined) throw new SavedStateError(path, `there is no service with the id ${id}`);
    return record;
  };
  const edges = saved.edges.map(({ from, to, ...edge }, index): Edge => ({
    ...edge,
    from: find(from, `engine.edges[${index}].from`),
    to: find(to, `engine.edges[${index}].to`),
  }));
  for (const edge of edges) {
    edge.from.dependencies.push(edge);
    if (edge.holding) edge.to.claims += 1;
    if (edge.waiting) edge.from.waits += 1;
  }
  for (const [index, { id, dependents, consumer, type }] of saved.records.entries()) {
    const path = `engine.records[${index}]`;
    const record = find(id, path);
    for (const place of dependents) {
      if (edges[place]?.to !== record) {
        throw new SavedStateError(`${path}.dependents`, `${place} is no edge to it`);
      }
      record.dependents.push(edges[place]);
    }
    if (consumer !== undefined) record.consumer = find(consumer, `${path}.consumer`);
    if (type === ServiceType.PLACEHOLDER && record.state !== PHASE_STATES.stopped) {
      throw new SavedStateError(`${path}.phase`, "a name that is not loaded is always stopped");
    }
  }
  const known = new Set([...graph.records()].flatMap((record) => record.dependents));
  if (known.size !== edges.length) {
    throw new SavedStateError("engine.edges", "some are no dependents of their end");
  }
}
