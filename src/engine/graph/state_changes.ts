import type { Edge, ServiceRecord } from "./record.ts";

/**
 * Is told which saved data of the engine has changed. It reads the data only when the current step has ended, so it may
 * be told before or after the change.
 */
export interface StateChanges {
  /** Data that belongs to no service: the next id, the type of shutdown, the console, the stops that are held back. */
  engine(): void;
  /** A service was added or removed, or its record has changed. */
  service(service: ServiceRecord): void;
  /** An edge was added. */
  edgeAdded(edge: Edge): void;
  /** An edge has changed; it may be removed already. */
  edge(edge: Edge): void;
  /** An edge was removed. */
  edgeRemoved(edge: Edge): void;
  /** The description of a service was loaded or removed. */
  description(service: ServiceRecord): void;
}

/** Nothing is saved. */
export const NO_CHANGES: StateChanges = {
  engine() {},
  service() {},
  edgeAdded() {},
  edge() {},
  edgeRemoved() {},
  description() {},
};
