/** Servers that behave in all ways, for checks. */

import { Files, openLibrary } from "../../src/host/mod.ts";
import { Poller } from "../../src/system/mod.ts";
import type { ConnectionParts } from "../../src/health/connection.ts";

/** What checks connect with; closes with the test. */
export class Parts implements ConnectionParts, Disposable {
  readonly library = openLibrary();
  readonly files = new Files(this.library);
  readonly poller = new Poller(this.library);

  [Symbol.dispose](): void {
    this.poller.close();
  }
}

/** A TCP server on the own machine that does something with each connection. */
export class Server implements AsyncDisposable {
  readonly #listener: Deno.Listener;
  readonly #connections = new Set<Deno.Conn>();
  readonly #serving: Promise<void>;
  /** How many connections there were. */
  count = 0;

  /** @param listener what it accepts connections of. @default a port of the own machine */
  constructor(
    serve: (connection: Deno.Conn) => Promise<void>,
    { listener = Deno.listen({ port: 0, hostname: "127.0.0.1" }) }: { listener?: Deno.Listener } = {},
  ) {
    this.#listener = listener;
    this.#serving = this.#accept(serve);
  }

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port; // it listens on a port
  }

  async #accept(serve: (connection: Deno.Conn) => Promise<void>): Promise<void> {
    const all: Promise<void>[] = [];
    for await (const connection of this.#listener) {
      this.count += 1;
      this.#connections.add(connection);
      all.push(serve(connection).catch(() => {}).finally(() => this.#close(connection)));
    }
    await Promise.all(all);
  }

  #close(connection: Deno.Conn): void {
    if (!this.#connections.delete(connection)) return;
    try {
      connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) this.#close(connection);
    await this.#serving;
  }
}

/** Reads a request, and answers with this text. */
export function answering(text: string): (connection: Deno.Conn) => Promise<void> {
  return async (connection) => {
    await connection.read(new Uint8Array(4096));
    await connection.write(new TextEncoder().encode(text));
  };
}
