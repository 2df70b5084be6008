/** Opens a connection to a daemon, in Deno and in Node. */

import { ControlError, openSocket, type OpenStream } from "../control/wire/mod.ts";
import { unlessAborted } from "./abort.ts";
import { Client } from "./client.ts";
import { ControlClient } from "./control_client.ts";
import { controlSocketPath, type Mode, type SocketSurroundings } from "./socket_path.ts";
import { typed } from "../model/typed_module.ts";

/** Which daemon to connect to. */
export interface ConnectOptions {
  /** The path of the control socket. @default the same as `dinitctl`: `DINIT_SOCKET_PATH`, then by `mode` */
  readonly socketPath?: string;
  /** The system's daemon or the user's own. @default the system's for root, the user's for everyone else */
  readonly mode?: Mode;
  /** Ends the attempt; `connect` rejects with its reason. @default nothing does */
  readonly signal?: AbortSignal;
}

/** The functions of a runtime that the library needs. */
interface Runtime {
  readonly surroundings: SocketSurroundings;
  readonly open: OpenStream;
}

/**
 * Connects to a running daemon, and checks that both speak the same protocol. Rejects with `ControlError`: of the kind
 * `connect` if there is no daemon (with `path`, and the system's `errno`), otherwise `too-old-daemon`,
 * `too-old-client`, `closed` or `protocol`.
 */
export async function connect(options: ConnectOptions = {}): Promise<Client> {
  const { signal } = options;
  signal?.throwIfAborted();
  const { surroundings, open } = await runtime();
  const path = controlSocketPath(options, surroundings);
  if (path === undefined) {
    throw new ControlError("connect", "Cannot determine the path of the control socket");
  }
  const opening = ControlClient.connect(path, open);
  let control;
  try {
    control = await unlessAborted(opening, signal);
    // Both questions travel together. Streams of events have to know the extensions from their first moment on.
    const known = Promise.all([control.handshake(), control.extensions()]);
    await unlessAborted(known, signal);
    return new Client(control);
  } catch (error) {
    void opening.then((late) => late.close(), () => {});
    throw error;
  }
}

async function runtime(): Promise<Runtime> {
  if (!("Deno" in globalThis)) {
    const { nodeSurroundings, openNodeSocket } = await typed(import("./node_runtime.ts"));
    return { surroundings: nodeSurroundings, open: openNodeSocket };
  }
  const surroundings = { env: (name: string) => Deno.env.get(name), uid: () => Deno.uid() ?? undefined };
  return { surroundings, open: openSocket };
}
