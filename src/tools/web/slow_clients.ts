/**
 * Ends connections that have no request. The server of the runtime waits for the rest of a request without limit, so
 * anybody who reaches the port could hold as many connections as there are descriptors.
 */

import { LibcUnavailableError, openLibrary } from "../../system/mod.ts";
import { AcceptedConnections } from "../../system/accepted_connections.ts";
import { inLink } from "./address.ts";

/** How connections without a request are limited. */
export interface SlowClientLimits {
  /** How long a connection may have none, in milliseconds. */
  readonly patience: number;
  /** How many may have none. Beyond that, those that have had none for the longest time end first. */
  readonly most: number;
  /** The time between two looks, in milliseconds. */
  readonly interval: number;
}

/** An honest client sends its request at once; a browser opens a few connections, and keeps them for the next request. */
export const SLOW_CLIENT_LIMITS: SlowClientLimits = { patience: 30_000, most: 256, interval: 1000 };

type Handler = (request: Request) => Promise<Response>;

/** What is known about a connection. */
interface Known {
  /** Requests that are being answered. An event stream is one that takes long. */
  requests: number;
  /** When the last answer had been sent, or the connection was first seen, in milliseconds. */
  since: number;
}

/** Watches the connections of one server. */
export class SlowClients {
  readonly #limits: SlowClientLimits;
  readonly #known = new Map<string, Known>();
  readonly #connections: AcceptedConnections | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(limits: SlowClientLimits) {
    this.#limits = limits;
    this.#connections = acceptedConnections();
  }

  /** The same handler, whose connections are known to have a request until its answer is sent. */
  around(handler: Handler): Deno.ServeHandler<Deno.NetAddr> {
    if (this.#connections === undefined) return handler;
    return (request, { remoteAddr, completed }) => {
      const known = this.#knownAt(remoteAddr);
      known.requests += 1;
      const over = () => {
        known.requests -= 1;
        known.since = performance.now();
      };
      completed.then(over, over); // it rejects if the client does not take the answer
      return handler(request);
    };
  }

  /** Looks again and again at the connections that a port has accepted. */
  watch(port: number): void {
    const connections = this.#connections;
    if (connections === undefined) return;
    this.#timer = setInterval(() => this.#look(connections, port), this.#limits.interval);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(connections: AcceptedConnections, port: number): void {
    const open = connections.list(port).map((connection) => {
      const key = nameOf(connection);
      return { connection, key, known: this.#knownAt(connection) };
    });
    const keys = new Set(open.map(({ key }) => key));
    for (const [key, { requests }] of this.#known) {
      if (requests === 0 && !keys.has(key)) this.#known.delete(key); // it is closed
    }
    const idle = open.filter(({ known }) => known.requests === 0)
      .sort((a, b) => a.known.since - b.known.since);
    const { patience, most } = this.#limits;
    const latest = performance.now() - patience;
    for (const [index, { connection, known }] of idle.entries()) {
      if (index < idle.length - most || known.since <= latest) connections.end(connection);
    }
  }

  #knownAt(peer: Pick<Deno.NetAddr, "hostname" | "port">): Known {
    const key = nameOf(peer);
    const known = this.#known.get(key) ?? { requests: 0, since: performance.now() };
    this.#known.set(key, known);
    return known;
  }
}

/** One text for one address: the runtime and the C library write those of IPv6 differently. */
function nameOf({ hostname, port }: Pick<Deno.NetAddr, "hostname" | "port">): string {
  return hostname.includes(":")
    ? `${new URL(`http://${inLink(hostname)}`).hostname}:${port}`
    : `${hostname}:${port}`;
}

/** `undefined` without the C library: then nothing is limited. */
function acceptedConnections(): AcceptedConnections | undefined {
  try {
    return new AcceptedConnections(openLibrary());
  } catch (error) {
    if (error instanceof LibcUnavailableError) return undefined;
    throw error;
  }
}
