/** One limit for the memory of all clients together. */

/** A client that counts towards the limit. */
export interface CountedClient {
  /** The bytes that are kept for it. */
  readonly size: number;
  /** Ends its connection. */
  drop(): void;
}

/** Adds up the bytes of all clients, and drops the largest clients when there are too many. */
export class ClientMemory {
  readonly #clients = new Set<CountedClient>();
  readonly #limit: number;
  #size = 0;

  /** `limit`: bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A client has come. */
  join(client: CountedClient): void {
    this.#clients.add(client);
  }

  /** The client has left; its `size` is 0 now. */
  leave(client: CountedClient): void {
    this.#clients.delete(client);
  }

  /** The bytes of a client have changed by this number, which may be negative. */
  change(bytes: number): void {
    this.#size += bytes;
  }

  /** Drops clients, largest first, until all together are within the limit. */
  relieve(): void {
    while (this.#size > this.#limit) {
      let worst: CountedClient | undefined;
      for (const client of this.#clients) if (client.size > (worst?.size ?? 0)) worst = client;
      if (worst === undefined) return;
      worst.drop();
    }
  }
}
