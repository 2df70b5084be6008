import type { BenchDaemon } from "./daemon.ts";
import { pause } from "./folder.ts";

/** Restarts that the services of `churningServices` make in a second, if daemon and machine keep up. */
export const CHURN_RATE = 1000;

/** Each is started again so many seconds after its last start. */
const DELAY = 0.1;

/** Services that end at once and are started again, together `CHURN_RATE` times a second and a little more. */
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

/** Waits until there have been that many restarts. Gives how many there were. */
export async function restartsReached(daemon: BenchDaemon, count: number): Promise<number> {
  for (;;) {
    const restarts = await daemon.restarts();
    if (restarts >= count) return restarts;
    await pause(Math.max(20, (count - restarts) / CHURN_RATE * 1000));
  }
}
