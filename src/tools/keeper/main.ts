/** `dinit log-keeper`: keeps the logs of a daemon's services. The daemon starts it; its standard input is the channel. */

import { encodeBytes } from "../../model/mod.ts";
import { Files, LibcUnavailableError, openLibrary, Poller } from "../../system/mod.ts";
import { Keeper } from "./keeper.ts";

const CHANNEL = 0;

/** Runs the keeper until it has nothing to keep. Returns the exit status. */
export async function runLogKeeper(): Promise<number> {
  try {
    const library = openLibrary();
    const files = new Files(library);
    if (files.kindOf(CHANNEL) !== "socket") {
      Deno.stderr.writeSync(encodeBytes("dinit log-keeper: only the daemon starts this program\n"));
      return 1;
    }
    const poller = new Poller(library);
    const keeper = new Keeper({ library, files, poller, channel: CHANNEL });
    const reactions: readonly [Deno.Signal, () => void][] = [
      ["SIGHUP", () => keeper.reopen()],
      ["SIGTERM", () => void keeper.finish({ ended: false })],
      ["SIGINT", () => {}],
    ];
    for (const [signal, react] of reactions) Deno.addSignalListener(signal, react);
    await keeper.ended;
    poller.close();
    return 0;
  } catch (error) {
    if (!(error instanceof LibcUnavailableError)) throw error;
    Deno.stderr.writeSync(encodeBytes(`dinit log-keeper: ${error.message}\n`));
    return 1;
  }
}
