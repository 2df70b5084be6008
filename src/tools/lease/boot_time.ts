/** The time since the machine was booted, in milliseconds. It also goes on while the machine is suspended. */
export function sinceBoot(): number {
  return Number(Deno.readTextFileSync("/proc/uptime").split(" ", 1)[0]) * 1000;
}
