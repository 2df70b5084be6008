/** Listens on a socket or a port, and answers until it is closed. */

import { Errno, errnoOf, reasonText } from "../../model/mod.ts";
import type { WebOptions } from "../../options/dinit_web.ts";
import type { WebAddress } from "./address.ts";
import { WebFailure } from "./failure.ts";
import { LastingServer } from "./lasting_server.ts";
import { SLOW_CLIENT_LIMITS, SlowClients } from "./slow_clients.ts";

/** A server that listens. */
export interface Listening {
  /** The port, if it has one. */
  readonly port: number | undefined;
  /** Ends all answers, and removes the socket. */
  close(): Promise<void>;
}

/** Only the user may connect. */
const SOCKET_MASK = 0o177;

/**
 * Begins to listen. Rejects with `WebFailure`.
 *
 * @param broken receives why no connection could be accepted
 * @param slow how clients of a port are limited; only its user reaches a socket. @default `SLOW_CLIENT_LIMITS`
 */
export async function listen(
  address: WebAddress,
  { tlsCert, tlsKey }: Pick<WebOptions, "tlsCert" | "tlsKey">,
  handler: (request: Request) => Promise<Response>,
  broken: (error: Error) => void,
  { slow = SLOW_CLIENT_LIMITS } = {},
): Promise<Listening> {
  const stop = new AbortController();
  const { signal } = stop;
  const common = { signal, onListen() {} };
  if (address.kind === "unix") {
    const { path } = address;
    const begin = () => onSocket(path, () => Deno.serve({ ...common, path }, handler));
    if (await isAnswered(path)) {
      throw new WebFailure(
        `another server listens on ${path}; stop it, or choose another path: --listen=unix:PATH`,
      );
    }
    const server = new LastingServer({ begin, signal, broken });
    return {
      port: undefined,
      async close() {
        stop.abort();
        await server.finished;
        removeSocket(path);
      },
    };
  }
  const { hostname } = address;
  const tls = tlsCert === undefined || tlsKey === undefined ? {} : tlsFiles(tlsCert, tlsKey);
  const slowClients = new SlowClients(slow);
  const watched = slowClients.around(handler);
  let { port } = address;
  const begin = () => {
    try {
      const server = Deno.serve({ ...common, hostname, port, ...tls }, watched);
      port = server.addr.port; // the next one has the same
      return server;
    } catch (error) {
      throw listenFailure(error, { hostname, port }, tlsCert);
    }
  };
  const server = new LastingServer({ begin, signal, broken });
  slowClients.watch(port);
  return {
    port,
    async close() {
      slowClients.close();
      stop.abort();
      await server.finished;
    },
  };
}

/** Why a port cannot be used. The runtime reads certificates only when it begins to listen. */
function listenFailure(
  error: unknown,
  { hostname, port }: { readonly hostname: string; readonly port: number },
  tlsCert: string | undefined,
): WebFailure {
  if (!(error instanceof Error)) throw error;
  if (tlsCert !== undefined && errnoOf(error) === Errno.EIO) {
    return new WebFailure(`--tls-cert and --tls-key are not usable: ${error.message}`, error);
  }
  const remedy = error instanceof Deno.errors.AddrInUse ? "; choose another port, or 0 for a free one" : "";
  return new WebFailure(`cannot listen on ${hostname} port ${port}: ${whyNot(error)}${remedy}`, error);
}

/** Takes the path of a server that has ended. */
function onSocket<T>(path: string, serve: () => T): T {
  removeSocket(path);
  const mask = setMask(SOCKET_MASK);
  try {
    const server = serve();
    if (mask === undefined) Deno.chmodSync(path, 0o600);
    return server;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error instanceof Deno.errors.AddrInUse) {
      throw new WebFailure(
        `cannot listen on ${path}: something that is no socket has this name; remove it, or choose another path`,
        error,
      );
    }
    throw new WebFailure(`cannot listen on ${path}: ${whyNot(error)}`, error);
  } finally {
    if (mask !== undefined) setMask(mask);
  }
}

/** The umask before; `undefined` without the grant to change it. */
function setMask(mask: number): number | undefined {
  try {
    return Deno.umask(mask);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

async function isAnswered(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    return false;
  }
}

/** Removes a socket, and nothing else. */
function removeSocket(path: string): void {
  try {
    if (Deno.lstatSync(path).isSocket) Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new WebFailure(`cannot remove ${path}: ${reasonText(error)}`, error);
    }
  }
}

/** The files of a certificate. Throws `WebFailure` for a file that cannot be read. */
function tlsFiles(certPath: string, keyPath: string): { readonly cert: string; readonly key: string } {
  return { cert: readPem("--tls-cert", certPath), key: readPem("--tls-key", keyPath) };
}

function readPem(option: string, path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new WebFailure(`cannot read the file of ${option}, ${path}: ${reasonText(error)}`, error);
  }
}

/** The system's reason, or the runtime's, such as for a bad certificate. */
function whyNot(error: Error): string {
  const errno = errnoOf(error);
  return errno === Errno.EIO ? error.message : reasonText(error);
}
