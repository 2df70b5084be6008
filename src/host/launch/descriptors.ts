/** Computes how to arrange the descriptors of a process, as plain data. */

import type { DescriptorAction } from "../../system/mod.ts";

/** The descriptors of the process, each with its source in the daemon. */
export type DescriptorMap = ReadonlyMap<number, number>;

/**
 * The steps that produce a map, in order. A descriptor that would be overwritten before it is copied is moved first. A
 * step with the same number on both sides makes the descriptor inheritable.
 */
export function arrangeDescriptors(wanted: DescriptorMap): DescriptorAction[] {
  const targets = new Set(wanted.keys());
  const moved = new Map<number, number>();
  const taken = new Set([...targets, ...wanted.values()]);
  const steps: DescriptorAction[] = [];
  for (const [target, source] of wanted) {
    if (source === target || !targets.has(source) || moved.has(source)) continue;
    const place = firstFree(taken, 10);
    taken.add(place);
    moved.set(source, place);
    steps.push({ do: "duplicate", from: source, to: place });
  }
  for (const [target, source] of wanted) {
    steps.push({
      do: "duplicate",
      from: source === target ? source : moved.get(source) ?? source,
      to: target,
    });
  }
  for (const place of moved.values()) steps.push({ do: "close", fd: place });
  return steps;
}

/** The lowest free number, starting at `least`. */
export function firstFree(taken: { has(fd: number): boolean }, least: number): number {
  let fd = least;
  while (taken.has(fd)) fd += 1;
  return fd;
}
