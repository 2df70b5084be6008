/** How the descriptors of a process are put in their places: plain data, worked out before anything is done. */

import type { DescriptorAction } from "../../system/mod.ts";

/** Which descriptor of the process is to be which of the daemon. */
export type DescriptorMap = ReadonlyMap<number, number>;

/**
 * The steps that bring about a map, in order. A descriptor that would be overwritten before its turn is moved out of
 * the way first. A step with the same number on both sides lets the descriptor be inherited.
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

/** The lowest number that is not taken, from `least` on. */
export function firstFree(taken: { has(fd: number): boolean }, least: number): number {
  let fd = least;
  while (taken.has(fd)) fd += 1;
  return fd;
}
