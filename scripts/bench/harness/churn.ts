import type { BenchDaemon } from "./daemon.ts";
import { pause } from "./folder.ts";

/** How many restarts per second the services of `churningServices` make, if daemon and machine keep up. */
export const CHURN_RATE = 1000;

/** The least time between two starts of one service, in seconds. */
const DELAY = 0.1;

/** Services that end at once and restart, together a little more than `CHURN_RATE` times per second. */
export function churningServices(): Record<string, string> {
  const description = [
    "type = process",
    "command = /bin/true",
    "restart = yes",
    `restart-delay = ${DELAY}`,
    "restart-limit-count = 0",
  ].join("\n") + "\n";
  const names = Array.from({ length: Math.ceil(CHURN_RATE * DELAY * 1.05) }, (_, index) => `s${index}`);
  return {
    all: "type = internal\n" + names.map((name) => `waits-for = ${name}\n`).join(""),
    ...Object.fromEntries(names.map((name) => [name, description])),
  };
}

/** Waits until there were this many restarts. Returns how many there were. */
export async function restartsReached(daemon: BenchDaemon, count: number): Promise<number> {
  for (;;) {
    const restarts = await daemon.restarts();
    if (restarts >= count) return restarts;
    await pause(Math.max(20, (count - restarts) / CHURN_RATE * 1000));
  }
}
