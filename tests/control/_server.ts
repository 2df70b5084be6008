/** A real server on a real socket in a directory of its own, and clients that speak in raw bytes. */

import { assertEquals } from "@std/assert";
import type { Overview } from "../../src/model/mod.ts";
import { ControlServer, type EventSource } from "../../src/control/mod.ts";
import { ControlClient } from "../../src/client/mod.ts";
import { FakeManager } from "./_fake_manager.ts";

/** Bytes from hexadecimal digits with spaces between. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.split(" ").filter((part) => part !== ""), (part) => parseInt(part, 16));
}

/** Bytes as hexadecimal digits with spaces between. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** What the promise gives; fails if it gives nothing in 10 seconds, which no test needs. */
export async function soon<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came: ${what}`)), 10_000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves when a condition holds, which is looked at whenever the event loop has gone round. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  let over = false;
  const look = async () => {
    while (!condition() && !over) await new Promise((resolve) => setTimeout(resolve, 0));
  };
  try {
    await soon(look(), what);
  } finally {
    over = true;
  }
}

/** A client that sends and expects bytes. */
export class Peer {
  readonly conn: Deno.UnixConn;
  #closed = false;

  constructor(conn: Deno.UnixConn) {
    this.conn = conn;
  }

  close(): void {
    if (!this.#closed) this.conn.close();
    this.#closed = true;
  }

  async send(bytes: Uint8Array | string): Promise<void> {
    let rest = typeof bytes === "string" ? fromHex(bytes) : bytes;
    while (rest.length > 0) rest = rest.subarray(await this.conn.write(rest));
  }

  async receive(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(count);
    let size = 0;
    while (size < count) {
      const more = await soon(this.conn.read(bytes.subarray(size)), `${count - size} more bytes of ${count}`);
      if (more === null) throw new Error(`end after ${toHex(bytes.subarray(0, size))}`);
      size += more;
    }
    return bytes;
  }

  async expect(hex: string): Promise<void> {
    assertEquals(toHex(await this.receive(fromHex(hex).length)), hex);
  }

  /** Everything until the daemon closes; a reset connection is closed as well. */
  async rest(): Promise<Uint8Array> {
    const parts: number[] = [];
    const buffer = new Uint8Array(65_536);
    try {
      for (;;) {
        const size = await soon(this.conn.read(buffer), "the end of the connection");
        if (size === null) break;
        for (const byte of buffer.subarray(0, size)) parts.push(byte);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
    }
    return Uint8Array.from(parts);
  }

  async expectEnd(): Promise<void> {
    assertEquals(toHex(await this.rest()), "");
  }
}

export interface Scene {
  readonly manager: FakeManager;
  readonly server: ControlServer;
  readonly path: string;
  readonly log: string[];
  peer(): Promise<Peer>;
  client(): Promise<ControlClient>;
}

export const OVERVIEW: Overview = {
  daemon: {
    version: "0.1.0",
    compatibleWith: "0.22.1",
    pid: 42,
    uptime: 1000,
    socket: "/run/dinitctl",
    shuttingDown: false,
  },
  services: [],
};

/**
 * A server that leaves the umask alone: that is the whole process's, in which the servers of other test files are made
 * at the same time, and files that must be executable. Without the grant the socket's mode is set afterwards.
 */
export function testServer(
  log: string[],
  manager: FakeManager = new FakeManager(),
  events?: EventSource,
): ControlServer {
  Deno.permissions.revokeSync({ name: "sys" });
  return new ControlServer(manager, {
    overview: () => OVERVIEW,
    events,
    log: (level, message) => log.push(`${level}: ${message}`),
  });
}

/** Runs a test against a server; leaves nothing behind. */
export async function withServer(
  test: (scene: Scene) => Promise<void>,
  manager: FakeManager = new FakeManager(),
  events?: EventSource,
): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-control-" });
  const path = `${directory}/socket`;
  const log: string[] = [];
  const server = testServer(log, manager, events);
  const peers: Peer[] = [];
  const clients: ControlClient[] = [];
  try {
    await server.open(path);
    await test({
      manager,
      server,
      path,
      log,
      peer: async () => {
        const peer = new Peer(await Deno.connect({ transport: "unix", path }));
        peers.push(peer);
        return peer;
      },
      client: async () => {
        const client = await ControlClient.connect(path);
        clients.push(client);
        return client;
      },
    });
  } finally {
    server.close();
    server.disconnectAll();
    for (const client of clients) client.close();
    for (const peer of peers) peer.close();
    Deno.removeSync(directory, { recursive: true });
  }
}
