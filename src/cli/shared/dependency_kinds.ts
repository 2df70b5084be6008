/** The dependency kinds in words. */

import { DependencyKind } from "../../model/states.ts";

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
export function kindName(kind: number): string {
  return KIND_NAMES.get(kind) ?? "unknown";
}

/** Whether an edge of this kind is only an ordering. */
export function isOrdering(kind: number): boolean {
  return kind === DependencyKind.BEFORE || kind === DependencyKind.AFTER;
}
