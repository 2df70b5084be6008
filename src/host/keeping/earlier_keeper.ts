import { Signal } from "../../model/mod.ts";
import { Interest, SystemCallError } from "../../system/mod.ts";
import type { KeeperProcessContext } from "./keeper_process.ts";
import type { SavedKeeper } from "./saved_keeping.ts";

/** How long it may take to end, in milliseconds. */
const END_LIMIT = 5_000;

/**
 * Asks the keeper of a killed daemon to write what it has and to end; it is killed if that takes too long. Returns
 * whether it still runs; then `ended` is called when it has ended.
 */
export function endEarlierKeeper(
  { pid, seen }: SavedKeeper,
  { handles, clock, files, poller, warn }: KeeperProcessContext,
  ended: () => void,
): boolean {
  const found = pid === undefined ? undefined : clock.look(pid);
  if (pid === undefined || found === undefined || found.startTicks > seen) return false;
  try {
    const handle = handles.open(pid);
    if (handle === undefined) return false;
    handles.signal(handle, Signal.TERM);
    const limit = setTimeout(() => handles.signal(handle, Signal.KILL), END_LIMIT);
    const watch = poller.watch(handle, Interest.READ, () => {
      clearTimeout(limit);
      watch.end();
      files.close(handle);
      ended();
    });
    return true;
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    warn(`the keeper of logs of the killed daemon, process ${pid}, cannot be ended: ${error.message}`);
    return false;
  }
}
