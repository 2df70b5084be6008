/**
 * Replaces the program of a daemon while a test talks to it. With `DINIT_TEST_INJECT=upgrade` or `=fault` the end-to-end
 * tests reach the daemon through a relay. The relay counts the packets of all clients. At every fifth one the daemon is
 * upgraded, or has a segmentation fault. The tests expect the same as without that.
 */

import { decodePacket } from "../../src/control/wire/decode.ts";
import { ControlError, PacketError } from "../../src/control/wire/mod.ts";
import { connect, UpgradeRefusedError } from "../../src/client/library.ts";
import { Signal } from "../../src/model/mod.ts";

/** What happens to the daemon. */
export type Injected = "upgrade" | "fault";

const KINDS: readonly (string | undefined)[] = ["upgrade", "fault"] satisfies Injected[];
const EVERY = 5;
/** The daemon survives a fault from the time at which it handles this signal, to which the runtime never listens. */
const OF_FAULT = Signal.FPE;
const SAID =
  /^dinit: (dinit had a fault: SIGSEGV from process |dinit \S+ has taken over|The report of the fault )/;

/** What the environment asks for. */
export function injected(): Injected | undefined {
  const kind = Deno.env.get("DINIT_TEST_INJECT");
  if (kind === undefined || kind === "") return undefined;
  if (!KINDS.includes(kind)) throw new Error(`DINIT_TEST_INJECT=${kind}: use upgrade or fault`);
  return kind as Injected; // it is one of them
}

/** Whether the daemon has printed this line because its program was replaced. */
export function isOfInjection(line: string): boolean {
  return SAID.test(line);
}

/** The daemon behind a relay. */
export interface Relayed {
  /** The path of its control socket. */
  readonly socket: string;
  /** Its process id; `undefined`: it has ended. */
  pid(): number | undefined;
}

/** A socket that passes everything on to a daemon, and injects. */
export class Relay {
  readonly #daemon: Relayed;
  readonly #kind: Injected;
  readonly #listener: Deno.UnixListener;
  readonly #running = new Set<Promise<void>>();
  readonly #open = new Set<Deno.Conn>();
  #packets = 0;
  /** How often the daemon was hit. */
  injections = 0;
  #upgrading = false;
  #isClosed = false;

  /** `path`: where clients connect. */
  constructor(path: string, daemon: Relayed, kind: Injected) {
    this.#daemon = daemon;
    this.#kind = kind;
    this.#listener = Deno.listen({ transport: "unix", path });
    this.#run(this.#accept());
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#listener.close();
    for (const connection of this.#open) close(connection);
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #run(work: Promise<void>): void {
    const running = work.finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) this.#run(this.#serve(client));
  }

  async #serve(client: Deno.UnixConn): Promise<void> {
    let daemon: Deno.UnixConn;
    try {
      daemon = await Deno.connect({ transport: "unix", path: this.#daemon.socket });
    } catch {
      client.close(); // there is no daemon
      return;
    }
    for (const connection of [client, daemon]) this.#open.add(connection);
    if (this.#isClosed) { for (const connection of [client, daemon]) close(connection); }
    const counter = new PacketCounter();
    await Promise.all([
      pass(client, daemon, (bytes) => this.#count(counter.count(bytes))),
      pass(daemon, client, () => {}).then(() => close(client)),
    ]);
    for (const connection of [client, daemon]) {
      close(connection);
      this.#open.delete(connection);
    }
  }

  #count(packets: number): void {
    const before = Math.floor(this.#packets / EVERY);
    this.#packets += packets;
    if (Math.floor(this.#packets / EVERY) > before) this.#inject();
  }

  #inject(): void {
    if (this.#kind === "fault") {
      const pid = this.#daemon.pid();
      if (pid === undefined || !survivesFaults(pid)) return;
      Deno.kill(pid, "SIGSEGV");
      this.injections += 1;
    } else if (!this.#upgrading) {
      this.#upgrading = true;
      this.#run(this.#upgrade().finally(() => this.#upgrading = false));
    }
  }

  async #upgrade(): Promise<void> {
    try {
      using client = await connect({ socketPath: this.#daemon.socket });
      await client.upgrade();
      this.injections += 1;
    } catch (error) {
      // It is shutting down, has ended, or has the command host.
      if (!(error instanceof UpgradeRefusedError || error instanceof ControlError)) throw error;
    }
  }
}

/** Counts the packets in the bytes of one client. */
class PacketCounter {
  #rest = new Uint8Array();

  count(bytes: Uint8Array): number {
    const all = new Uint8Array([...this.#rest, ...bytes]);
    const view = new DataView(all.buffer);
    let [packets, at] = [0, 0];
    try {
      for (let found; (found = decodePacket(view, at)) !== undefined; at += found.size) packets += 1;
    } catch (error) {
      if (!(error instanceof PacketError)) throw error;
      at = all.length; // bytes that are no packet count as one
      packets += 1;
    }
    this.#rest = all.slice(at);
    return packets;
  }
}

/** Passes bytes on to the end, and then the end. `passed` is called when some have been passed. */
async function pass(from: Deno.Conn, to: Deno.Conn, passed: (bytes: Uint8Array) => void): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (let size; (size = await from.read(buffer)) !== null;) {
      const bytes = buffer.subarray(0, size);
      for (let at = 0; at < size;) at += await to.write(bytes.subarray(at));
      passed(bytes);
    }
    await to.closeWrite();
  } catch (error) {
    if (!(error instanceof Error)) throw error; // one of the two has closed the connection
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error; // it is closed already
  }
}

/** Whether a process is a daemon whose handlers of faults are installed. */
function survivesFaults(pid: number): boolean {
  try {
    const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1] ?? "0";
    return (BigInt(`0x${caught}`) >> BigInt(OF_FAULT - 1) & 1n) === 1n;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false; // it has ended
    throw error;
  }
}
