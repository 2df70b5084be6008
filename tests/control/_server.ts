/** A real server on a real socket in a separate directory, and clients that send raw bytes. */

import { assertEquals } from "@std/assert";
import "../_processes.ts";
import { ControlServer, type EventSource } from "../../src/control/mod.ts";
import { ControlClient } from "../../src/client/mod.ts";
import { soon, until as eventually } from "../_patience.ts";
import { FakeManager } from "./_fake_manager.ts";
import { OVERVIEW } from "./_overview.ts";

export { soon };

/** Bytes from hexadecimal digits with spaces between. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.split(" ").filter((part) => part !== ""), (part) => parseInt(part, 16));
}

/** Bytes as hexadecimal digits with spaces between. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** Resolves when a condition holds, which is checked in each turn of the event loop. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  await eventually(condition, what, 0);
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
    while (rest.length > 0) rest = rest.subarray(await soon(this.conn.write(rest), "room for a request"));
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

/**
 * A server that does not change the umask, which belongs to the whole process: at the same time, other test files
 * create servers and executable files. Without the grant the server sets the socket's mode afterwards.
 */
export function testServer(
  log: string[],
  manager: FakeManager = new FakeManager(),
  events?: EventSource,
): ControlServer {
  Deno.permissions.revokeSync({ name: "sys" });
  return new ControlServer(manager, {
    overview: () => ({ ...OVERVIEW, services: manager.overview }),
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
