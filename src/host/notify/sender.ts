import type { BootTime } from "../../system/mod.ts";

/** How many parents to ask about: a chain that is longer belongs to no ordinary service. */
const LONGEST_LINE = 100;

/**
 * Whether a sender belongs to the service with this main process: it is the process, one of its session, or a
 * descendant. `gone`: it has ended already.
 */
export function senderOf(
  pid: number,
  main: number,
  clock: Pick<BootTime, "look">,
): "own" | "stranger" | "gone" {
  if (pid === main) return "own";
  if (pid <= 1) return "stranger";
  let ancestor = pid;
  for (let steps = 0; steps < LONGEST_LINE; steps++) {
    const found = clock.look(ancestor);
    if (found === undefined) return ancestor === pid ? "gone" : "stranger";
    // Every process of a service leads its own session when it begins.
    if (found.session === main || found.parent === main) return "own";
    if (found.parent <= 1) return "stranger";
    ancestor = found.parent;
  }
  return "stranger";
}

/**
 * Whether a process is in a control group, or in one below it.
 *
 * @param group its path as `/proc/PID/cgroup` shows it
 */
export function isInGroup(pid: number, group: string): boolean {
  try {
    const [, path] = /^0::(.*)$/m.exec(Deno.readTextFileSync(`/proc/${pid}/cgroup`)) ?? [];
    return path === group || path?.startsWith(`${group}/`) === true;
  } catch (error) {
    if (error instanceof Error) return false; // it has ended, or the file may not be read
    throw error;
  }
}
