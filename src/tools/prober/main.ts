/**
 * `dinit health-prober`: performs the health checks of a daemon that need a look-up of a name, or TLS. The daemon starts
 * it; its standard input is the channel.
 */

import { encodeBytes } from "../../model/mod.ts";
import { Files, LibcUnavailableError, openLibrary, Poller } from "../../system/mod.ts";
import { LineChannel } from "../../system/keeping.ts";
import { probeOrderIn, probeSayingLine } from "../../host/probing/orders.ts";
import { Names } from "./names.ts";
import { probed } from "./probing.ts";

const CHANNEL = 0;

/** Runs the prober until its daemon is gone. Returns the exit status. */
export async function runProber(): Promise<number> {
  try {
    const library = openLibrary();
    const files = new Files(library);
    if (files.kindOf(CHANNEL) !== "socket") {
      Deno.stderr.writeSync(encodeBytes("dinit health-prober: only the daemon starts this program\n"));
      return 1;
    }
    const poller = new Poller(library);
    await served(files, poller);
    return 0; // look-ups that hang do not keep the program
  } catch (error) {
    if (!(error instanceof LibcUnavailableError)) throw error;
    Deno.stderr.writeSync(encodeBytes(`dinit health-prober: ${error.message}\n`));
    return 1;
  }
}

/** Obeys orders until the channel is closed. */
async function served(files: Files, poller: Poller): Promise<void> {
  const names = new Names();
  const running = new Map<number, AbortController>();
  const { promise, resolve } = Promise.withResolvers<void>();
  const channel = new LineChannel(CHANNEL, files, poller, {
    line(text) {
      const order = probeOrderIn(text);
      if (order === undefined) return;
      const { number } = order;
      if (order.order === "drop") return running.get(number)?.abort();
      const abort = new AbortController();
      running.set(number, abort);
      void probed(order, names, abort).then(({ healthy, how }) => {
        running.delete(number);
        channel.send(probeSayingLine({ said: "result", number, healthy, how }));
      });
    },
    closed: resolve,
  });
  channel.send(probeSayingLine({ said: "ready" }));
  await promise;
}
