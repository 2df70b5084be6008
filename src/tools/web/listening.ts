/** Listens on a socket or a port, and answers until it is closed. */

import { Errno, errnoOf, reasonText } from "../../model/mod.ts";
import type { WebOptions } from "../../options/dinit_web.ts";
import type { WebAddress } from "./address.ts";
import { WebFailure } from "./failure.ts";

/** A server that listens. */
export interface Listening {
  /** The port, if it has one. */
  readonly port: number | undefined;
  /** Ends all answers, and removes the socket. */
  close(): Promise<void>;
}

/** Only the user may connect. */
const SOCKET_MASK = 0o177;

/** Begins to listen. Rejects with `WebFailure`. */
export async function listen(
  address: WebAddress,
  { tlsCert, tlsKey }: Pick<WebOptions, "tlsCert" | "tlsKey">,
  handler: (request: Request) => Promise<Response>,
): Promise<Listening> {
  const stop = new AbortController();
  const common = { signal: stop.signal, onListen() {} };
  if (address.kind === "unix") {
    const server = await listenOnSocket(
      address.path,
      () => Deno.serve({ ...common, path: address.path }, handler),
    );
    return {
      port: undefined,
      async close() {
        stop.abort();
        await server.finished.catch(() => {});
        removeSocket(address.path);
      },
    };
  }
  const { hostname, port } = address;
  const tls = tlsCert === undefined || tlsKey === undefined
    ? {}
    : { cert: readPem("--tls-cert", tlsCert), key: readPem("--tls-key", tlsKey) };
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve({ ...common, hostname, port, ...tls }, handler);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new WebFailure(`cannot listen on ${hostname} port ${port}: ${whyNot(error)}`, error);
  }
  return {
    port: server.addr.port,
    async close() {
      stop.abort();
      await server.finished.catch(() => {});
    },
  };
}

/** Takes the path of a server that has ended, and never that of one that answers. */
async function listenOnSocket<T>(path: string, serve: () => T): Promise<T> {
  if (await isAnswered(path)) {
    throw new WebFailure(
      `another server listens on ${path}; stop it, or choose another path: --listen=unix:PATH`,
    );
  }
  removeSocket(path);
  const mask = setMask(SOCKET_MASK);
  try {
    const server = serve();
    if (mask === undefined) Deno.chmodSync(path, 0o600);
    return server;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
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
