/**
 * How many services may be loaded, and how much text their descriptions may have together. A client may load services
 * without end (`LOADSERVICE` of `name@1`, `name@2`, …), and the runtime ends the whole program when its heap is full.
 */

import { LOADED_TEXT_LIMIT } from "../../description/mod.ts";
import type { ServiceGraph } from "./graph.ts";

/** How many services may be loaded, placeholders included: about 400 MB. */
export const SERVICE_LIMIT = 200_000;

/** At this many edges, no more are added at run time: about 50 MB. */
const EDGE_LIMIT = 500_000;

/** Whether one more edge may be added at run time. */
export function hasRoomForEdge(graph: ServiceGraph): boolean {
  let edges = 0;
  for (const record of graph.records()) edges += record.dependencies.length;
  return edges < EDGE_LIMIT;
}

/** Keeps account of the text of all loaded descriptions. */
export class LoadedText {
  readonly #graph: ServiceGraph;
  /** Never too small: what is unloaded or replaced is only noticed when the limit is reached. In characters. */
  #estimate: number | undefined;

  constructor(graph: ServiceGraph) {
    this.#graph = graph;
  }

  /** One more description of that size; false if there is no room for it. */
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
