/** Sockets that outlive the program. The control server declares what it needs; the daemon has the C library. */

import type { LastingStream } from "./lasting_stream.ts";

/** A listening socket. */
export interface OwnListener {
  /** The number of the descriptor. */
  readonly descriptor: number;
  /** The next connection. Throws the system's error; after `close` as well. */
  accept(): Promise<LastingStream>;
  /** Stops listening. The file stays. */
  close(): void;
}

/** Makes sockets, and takes those of another program. */
export interface OwnSockets {
  /** Creates a socket at a path, where there is no file. Throws the system's error. */
  listen(path: string): OwnListener;
  /** A listening socket of another program; `undefined` if the descriptor is none. */
  takeListener(descriptor: number): OwnListener | undefined;
  /** The descriptor of the counts of all connections, which another program needs; `undefined`: there are none. */
  readonly counts: number | undefined;
  /** Continues the counts of another program. Call it before `takeConnection`. */
  takeCounts(descriptor: number): void;
  /**
   * A connection of another program; `undefined` if the descriptor is no open socket, or has no counts.
   *
   * @param counts `LastingStream.counts` in the other program
   */
  takeConnection(descriptor: number, counts: number): LastingStream | undefined;
  /**
   * Connections to this path that were accepted, and whose first request another program has not seen: no state names
   * them. Call it after `takeConnection` for all others.
   */
  takeStrays(path: string, listener: number): LastingStream[];
  /** The descriptors of all open connections, also of those that no server serves yet. */
  readonly connections: readonly number[];
  /**
   * Ends a connection, which is then closed: a client sees the end even if another program continues before the
   * descriptor is closed.
   */
  end(descriptor: number): void;
}
