import type { NativeHost } from "../../host/mod.ts";
import { settled } from "../settled.ts";

/** How long to wait, in milliseconds. */
const LIMIT = 5000;
const STILL_LAUNCHING = `processes are still being made after ${LIMIT / 1000} s; try again later`;

/** Waits until no process is being made, so that the program may be replaced. Returns why it must not. */
export async function launchesFinished(host: NativeHost | undefined): Promise<string | undefined> {
  const until = performance.now() + LIMIT;
  while (host !== undefined && host.unfinishedLaunches > 0) {
    const rest = until - performance.now();
    if (rest <= 0) return STILL_LAUNCHING;
    await settled(host.launchesFinished(), rest);
  }
  return undefined;
}
