/** The dependency kinds in words. */

import { DependencyKind } from "./states.ts";

const KIND_NAMES: ReadonlyMap<number, string> = new Map([
  [DependencyKind.REGULAR, "depends-on"],
  [DependencyKind.SOFT, "soft"],
  [DependencyKind.WAITS_FOR, "waits-for"],
  [DependencyKind.MILESTONE, "depends-ms"],
  [DependencyKind.BEFORE, "before"],
  [DependencyKind.AFTER, "after"],
  [DependencyKind.PREPARED_BY, "prepared-by"],
]);

/** The setting that makes an edge of this kind. */
export function dependencyKindName(kind: number): string {
  return KIND_NAMES.get(kind) ?? "unknown";
}
