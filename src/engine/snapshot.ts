/**
 * The whole state of an engine at rest as plain data, so that another process can go on where this one ends. What
 * is not in it: the environment, listeners, and what the host knows about processes; the host finds its processes
 * again by the ids of services, which stay the same.
 */

import type { ShutdownType } from "../model/mod.ts";
import { ServiceGraph } from "./graph.ts";
import type { LifecycleState } from "./lifecycle.ts";
import { ServiceManager } from "./manager.ts";
import type { ManagerOptions } from "./manager_options.ts";
import { fromPlain, type Plain, toPlain } from "./_plain.ts";
import type { Edge, ProcessState, ServiceRecord } from "./service.ts";

/** The state of an engine. It survives `JSON.stringify`. */
export interface Snapshot {
  /** Of the form of `engine`. */
  readonly version: 1;
  readonly engine: Plain;
}

/** An edge; `from` and `to` are ids. */
type SavedEdge = Pick<Edge, "kind" | "waiting" | "holding"> & { readonly from: number; readonly to: number };

/** A record without its neighbours. */
type SavedRecord = Omit<ServiceRecord, "dependencies" | "dependents" | "consumer"> & {
  /** Edges towards the service, as places in the list of edges, in their order. */
  readonly dependents: readonly number[];
  readonly consumer: number | undefined;
};

interface SavedEngine {
  /** By the engine's clock, like all times in it. */
  readonly takenAt: number;
  readonly nextId: number;
  readonly shutdownType: ShutdownType;
  readonly lifecycle: LifecycleState;
  /** Services and placeholders in load order. */
  readonly records: readonly SavedRecord[];
  /** Edges in the order of the dependencies of the records. */
  readonly edges: readonly SavedEdge[];
}

/** Writes the state of an engine down. It must be at rest, as it is between any two calls of its public face. */
export function snapshot(manager: ServiceManager): Snapshot {
  const records = [...manager.graph.records()];
  const edges = records.flatMap((record) => record.dependencies);
  const places = new Map(edges.map((edge, place) => [edge, place]));
  const engine: SavedEngine = {
    takenAt: manager.now(),
    nextId: manager.graph.nextId,
    shutdownType: manager.shutdownType,
    lifecycle: manager.lifecycle.state(),
    records: records.map(({ dependencies: _, dependents, consumer, ...record }) => ({
      ...record,
      dependents: dependents.map((edge) => places.get(edge)!),
      consumer: consumer?.id,
    })),
    edges: edges.map(({ from, to, ...edge }) => ({ ...edge, from: from.id, to: to.id })),
  };
  return { version: 1, engine: toPlain(engine) };
}

/** What is different where the state is restored. */
export interface RestoreOptions {
  /** Milliseconds that have passed since the snapshot was taken. @default 0 */
  elapsed?: number;
}

/**
 * Makes an engine that goes on from a snapshot; timers are armed again. Throws an `Error` for a snapshot of another
 * version. `options.graph` and `options.shutdownType` are not looked at.
 */
export function restore(
  options: ManagerOptions,
  { version, engine }: Snapshot,
  { elapsed = 0 }: RestoreOptions = {},
): ServiceManager {
  if (version !== 1) throw new Error(`Cannot restore the engine: unknown version ${version} of its state`);
  const saved = fromPlain(engine) as SavedEngine;
  const { nextId, shutdownType } = saved;
  const shift = options.clock.now() - elapsed - saved.takenAt;
  const graph = new ServiceGraph({ nextId });
  for (const record of saved.records) graph.insert(restoredRecord(record, shift));
  connect(graph, saved);
  const manager = new ServiceManager({ ...options, graph, shutdownType });
  manager.lifecycle.restore(saved.lifecycle);
  for (const { id, process } of graph.records()) {
    if (process.timer !== undefined) options.clock.setTimer(id, process.timer.purpose, process.timer.at);
  }
  return manager;
}

function restoredRecord(saved: SavedRecord, shift: number): ServiceRecord {
  return {
    ...saved,
    since: saved.since + shift,
    process: restoredProcess(saved.process, shift),
    dependencies: [],
    dependents: [],
    consumer: undefined,
  };
}

function restoredProcess(saved: ProcessState, shift: number): ProcessState {
  const { timer, lastLaunch, limitStart } = saved;
  return {
    ...saved,
    timer: timer && { ...timer, at: timer.at + shift },
    lastLaunch: lastLaunch === undefined ? undefined : lastLaunch + shift,
    limitStart: limitStart + shift,
  };
}

function connect(graph: ServiceGraph, saved: SavedEngine): void {
  const edges = saved.edges.map(({ from, to, ...edge }): Edge => ({
    ...edge,
    from: graph.byId(from)!,
    to: graph.byId(to)!,
  }));
  for (const edge of edges) edge.from.dependencies.push(edge);
  for (const { id, dependents, consumer } of saved.records) {
    const record = graph.byId(id)!;
    record.dependents.push(...dependents.map((place) => edges[place]));
    if (consumer !== undefined) record.consumer = graph.byId(consumer);
  }
}
