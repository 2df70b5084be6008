/** The JSON documents that answer extension queries, apart from those of the model. */

import type { DependencyKind, ServiceStatus, ServiceType } from "../../model/mod.ts";

/** A loaded service in the service graph. */
export interface GraphNode extends ServiceStatus {
  readonly name: string;
  readonly type: ServiceType;
}

/** *from* depends on, or is ordered against, *to*. */
export interface GraphEdge {
  readonly from: string;
  /** Of an ordering edge this may be the name of a service that is not loaded, and so has no node. */
  readonly to: string;
  readonly kind: DependencyKind;
}

/** All loaded services and the edges between them: the answer to `graph`. */
export interface Graph {
  /** In load order. */
  readonly nodes: readonly GraphNode[];
  /** By `from` in load order; those of one service in the order in which it has them. */
  readonly edges: readonly GraphEdge[];
}

/** A part of the buffered output of a service: the answer to `log`. */
export interface LogPart {
  /** Counts how often the buffer has been emptied. */
  readonly generation: number;
  /** The offset of the first byte. Offsets count the bytes that the buffer has ever been given. */
  readonly start: number;
  /** The offset behind the last byte. */
  readonly end: number;
  /** The output as lossless byte text. */
  readonly text: string;
}
