/** The JSON documents of extension queries, apart from those in the model. */

import type { DependencyKind, ServiceStatus, ServiceType } from "../../model/mod.ts";

/** A loaded service in the service graph. */
export interface GraphNode extends ServiceStatus {
  readonly name: string;
  readonly type: ServiceType;
}

/** *from* depends on, or is ordered against, *to*. */
export interface GraphEdge {
  readonly from: string;
  /** For an ordering edge this may be the name of a service that is not loaded and has no node. */
  readonly to: string;
  readonly kind: DependencyKind;
}

/** All loaded services and the edges between them: the document for `graph`. */
export interface Graph {
  /** In load order. */
  readonly nodes: readonly GraphNode[];
  /** By `from` in load order; edges of one service in its own order. */
  readonly edges: readonly GraphEdge[];
}

/** A part of the buffered output of a service: the document for `log`. */
export interface LogPart {
  /** Counts how often the buffer was cleared. */
  readonly generation: number;
  /** The offset of the first byte, counted in bytes since the buffer was created. */
  readonly start: number;
  /** The offset after the last byte. */
  readonly end: number;
  /** The output as lossless byte text. */
  readonly text: string;
}
