/** A server whose state outlives it: another server continues over the same sockets. */

import { ControlServer, type EventSource, type Rotate } from "../../src/control/mod.ts";
import { ControlSockets } from "../../src/host/control_sockets.ts";
import type { Plain, SavedParts, StatePart, StateStore } from "../../src/model/saving.ts";
import { ConnectionCounts, Files, openLibrary, Poller, Sockets } from "../../src/system/mod.ts";
import type { FakeManager } from "./_fake_manager.ts";
import { OVERVIEW } from "./_overview.ts";

const library = openLibrary();
const files = new Files(library);
const sockets = new Sockets(library);

/** Keeps documents like the journal: what changes in a step becomes valid when it ends. */
export class MemoryStore implements StateStore {
  readonly #documents = new Map<string, Map<number, Plain>>();
  #changed = new Map<StatePart, Set<number>>();
  #depth = 0;
  /** How many steps had changes. */
  steps = 0;
  /** From now on nothing becomes valid: the program has ended. */
  isDead = false;
  /** Called after each valid step. */
  onStep: () => void = () => {};

  changed(part: StatePart, number: number): void {
    const numbers = this.#changed.get(part) ?? new Set();
    this.#changed.set(part, numbers.add(number));
    if (this.#depth === 0) this.#commit();
  }

  step<T>(work: () => T): T {
    this.#depth += 1;
    try {
      return work();
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) this.#commit();
    }
  }

  /** Begins with the documents of another program. */
  load(parts: SavedParts): void {
    for (const [part, documents] of parts) this.#documents.set(part, new Map(documents));
  }

  /** A copy of all documents, as another program reads them. */
  parts(): Map<string, ReadonlyMap<number, Plain>> {
    return structuredClone(this.#documents);
  }

  #commit(): void {
    const changed = this.#changed;
    this.#changed = new Map();
    if (changed.size === 0 || this.isDead) return;
    for (const [part, numbers] of changed) {
      const documents = this.#documents.get(part.name) ?? new Map();
      this.#documents.set(part.name, documents);
      for (const number of numbers) {
        const document = part.document(number);
        if (document === undefined) documents.delete(number);
        else documents.set(number, JSON.parse(JSON.stringify(document)));
      }
    }
    this.steps += 1;
    this.onStep();
  }
}

/** One program: a server with its own poller and store. */
export class Program {
  readonly store = new MemoryStore();
  readonly poller = new Poller(library);
  readonly sockets = new ControlSockets({ library, files, sockets, poller: this.poller });
  readonly server: ControlServer;
  readonly log: string[] = [];
  /** What it has left; `undefined` while it lives. */
  left: SavedParts | undefined;

  constructor(
    manager: FakeManager,
    options: { events?: EventSource; upgrade?: () => Promise<string | undefined>; rotate?: Rotate } = {},
  ) {
    this.server = new ControlServer(manager, {
      overview: () => OVERVIEW,
      log: (level, message) => this.log.push(`${level}: ${message}`),
      sockets: this.sockets,
      store: this.store,
      ...options,
    });
  }

  /**
   * Ends at once, like a program that is replaced: copies of its descriptors, with other numbers, stay open. Returns the
   * state for the next program.
   */
  die(): SavedParts {
    const parts = this.left = this.store.parts();
    this.store.isDead = true;
    this.sockets.end = () => {}; // a dead program ends no connection
    const copies = new Map<number, number>();
    const clients = [...parts.get("client")?.values() ?? []].map((document) =>
      (document as { descriptor: number }).descriptor // as the server has written it
    );
    for (const descriptor of new Set([...this.server.descriptors(), ...clients])) {
      copies.set(descriptor, duplicate(descriptor));
    }
    this.server.disconnectAll();
    this.poller.close();
    const counts = parts.get("counts")?.get(0);
    if (typeof counts === "number") parts.set("counts", new Map([[0, copies.get(counts) ?? -1]]));
    for (const part of ["client", "listener"]) {
      for (const document of parts.get(part)?.values() ?? []) {
        const fields = document as { descriptor?: number };
        if (fields.descriptor !== undefined) fields.descriptor = copies.get(fields.descriptor) ?? -1;
      }
    }
    return parts;
  }

  /** Serves one end of a new socket pair; the other end is for the client. */
  connect(): Wire {
    const [ours, theirs] = sockets.pair();
    this.server.serve(this.sockets.connection(ours));
    return new Wire(theirs);
  }

  end(): void {
    this.store.isDead = true;
    this.server.close();
    this.server.disconnectAll();
    this.poller.close();
  }
}

/** Calls `act` after each transfer of bytes over a connection. */
export function afterTransfers(act: () => void): Disposable {
  const { send, drop } = ConnectionCounts.prototype;
  const after = <Args extends unknown[], T>(transfer: (this: ConnectionCounts, ...args: Args) => T) =>
    function (this: ConnectionCounts, ...args: Args): T {
      const count = transfer.apply(this, args);
      act();
      return count;
    };
  Object.assign(ConnectionCounts.prototype, { send: after(send), drop: after(drop) });
  return { [Symbol.dispose]: () => Object.assign(ConnectionCounts.prototype, { send, drop }) };
}

/** The client's end. */
export class Wire {
  readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  send(bytes: Uint8Array): void {
    for (let rest = new Uint8Array(bytes); rest.length > 0;) {
      rest = rest.subarray(files.write(this.fd, rest) ?? 0);
    }
  }

  /** What has arrived. */
  arrived(): Uint8Array {
    const buffer = new Uint8Array(65_536);
    return buffer.slice(0, files.read(this.fd, buffer) ?? 0);
  }

  close(): void {
    files.close(this.fd);
  }
}

function duplicate(descriptor: number): number {
  return library.check("fcntl", library.symbols.fcntl(descriptor, 1030, 0)); // F_DUPFD_CLOEXEC
}
