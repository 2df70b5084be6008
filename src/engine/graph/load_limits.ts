/**
 * Limits for the number of loaded services and for the total text of their descriptions. Without limits a client could
 * load services without end (`LOADSERVICE` of `name@1`, `name@2`, …), and the runtime ends the whole program when its
 * heap is full.
 */

import { LOADED_TEXT_LIMIT } from "../../description/mod.ts";
import type { ServiceGraph } from "./graph.ts";

/** The largest number of loaded services, including placeholders: about 400 MB. */
export const SERVICE_LIMIT = 200_000;

/** With this many edges, no more can be added at run time: about 50 MB. */
const EDGE_LIMIT = 500_000;

/** Whether one more edge can be added at run time. */
export function hasRoomForEdge(graph: ServiceGraph): boolean {
  let edges = 0;
  for (const record of graph.records()) edges += record.dependencies.length;
  return edges < EDGE_LIMIT;
}

/** Counts the text of all loaded descriptions. */
export class LoadedText {
  readonly #graph: ServiceGraph;
  /** An upper bound: text that was unloaded or replaced is subtracted only when the limit is reached. In characters. */
  #estimate: number | undefined;

  constructor(graph: ServiceGraph) {
    this.#graph = graph;
  }

  /** Adds a description of this size; false if there is no room for it. */
  add(size: number): boolean {
    this.#estimate ??= this.#count();
    if (this.#estimate + size > LOADED_TEXT_LIMIT) this.#estimate = this.#count();
    if (this.#estimate + size > LOADED_TEXT_LIMIT) return false;
    this.#estimate += size;
    return true;
  }

  #count(): number {
    let size = 0;
    for (const record of this.#graph.records()) size += record.description.size;
    return size;
  }
}
