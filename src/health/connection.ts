/** Connections to the services that are checked. They never wait, and need no permission for the network. */

import { addressBytes, type CheckAddress } from "../model/mod.ts";
import {
  DescriptorStream,
  type Files,
  Interest,
  type Library,
  type Poller,
  SystemCallError,
} from "../system/mod.ts";
import { Connecting, type RemoteAddress } from "../system/watching_health.ts";

/** One for each library: it has memory that is used again and again. */
const makers = new WeakMap<Library, Connecting>();

function makerOf(library: Library): Connecting {
  const maker = makers.get(library) ?? new Connecting(library);
  makers.set(library, maker);
  return maker;
}

/** What connections are made with. */
export interface ConnectionParts {
  readonly library: Library;
  readonly files: Files;
  readonly poller: Poller;
}

/**
 * Connects. Throws `SystemCallError`. When the signal is aborted, the connection is closed: a pending read then ends as
 * at the end of the stream, and a pending connect fails.
 */
export async function connected(
  address: CheckAddress,
  { library, files, poller }: ConnectionParts,
  signal: AbortSignal,
): Promise<DescriptorStream> {
  const connecting = makerOf(library);
  const to = remote(address);
  const fd = connecting.socket(to);
  try {
    // On the own machine the second question is answered without a wait.
    for (let asked = 1;; asked++) {
      const state = connecting.connect(fd, to);
      if (state === "connected") break;
      if (state !== "under-way") throw new SystemCallError("connect", state);
      if (asked > 1) await writable(fd, poller, signal);
      if (signal.aborted) throw new SystemCallError("connect", 0);
    }
  } catch (error) {
    files.close(fd);
    throw error;
  }
  const stream = new DescriptorStream(fd, files, poller);
  signal.addEventListener("abort", () => stream.close(), { once: true });
  return stream;
}

/** Resolves when the descriptor is writable or in error, or the signal is aborted. */
async function writable(fd: number, poller: Poller, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const watch = poller.watch(fd, Interest.WRITE, resolve);
  const stop = () => resolve();
  signal.addEventListener("abort", stop, { once: true });
  await promise;
  signal.removeEventListener("abort", stop);
  watch.end();
}

function remote(address: CheckAddress): RemoteAddress {
  if (address.kind === "unix") return { path: address.path };
  const ip = addressBytes(address.host);
  if (ip === undefined) throw new TypeError(`not an IP address: ${address.host}`); // descriptions have no names
  return { ip, port: address.port };
}
