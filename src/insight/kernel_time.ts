/** How long the machine needed before its init began. */

import { ifReadable } from "./processes.ts";

/** Process 1 of a machine begins within this time after the kernel; that of a container any time later. In ticks. */
const FIRST_TICKS = 500;

/**
 * Milliseconds from the start of the kernel to that of the daemon; `undefined` if the daemon is not the init of a
 * machine, or `/proc` cannot be read.
 *
 * @param daemon its process id, and the milliseconds since it started
 */
export function kernelTime(
  daemon: { readonly pid: number; readonly uptime: number } | undefined,
): number | undefined {
  if (daemon?.pid !== 1) return undefined;
  const uptime = ifReadable(() => Deno.readTextFileSync("/proc/uptime"));
  const stat = ifReadable(() => Deno.readTextFileSync("/proc/1/stat"));
  if (uptime === undefined || stat === undefined) return undefined;
  const startTicks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  if (!(startTicks <= FIRST_TICKS)) return undefined;
  return Math.max(0, parseFloat(uptime) * 1000 - daemon.uptime);
}
