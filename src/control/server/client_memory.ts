/** What the daemon keeps for all clients together: one limit for the memory that clients can take. */

/** A client that counts towards the limit. */
export interface CountedClient {
  /** Bytes that are kept for it. */
  readonly size: number;
  /** Ends its connection. */
  drop(): void;
}

/** Adds up what is kept for all clients, and drops the one to blame when it is too much. */
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

  /** The client has gone; `size` is nothing now. */
  leave(client: CountedClient): void {
    this.#clients.delete(client);
  }

  /** What is kept for a client has grown by that many bytes, or shrunk if the number is negative. */
  change(bytes: number): void {
    this.#size += bytes;
  }

  /** Drops clients, those for which most is kept first, until all together are within the limit. */
  relieve(): void {
    while (this.#size > this.#limit) {
      let worst: CountedClient | undefined;
      for (const client of this.#clients) if (client.size > (worst?.size ?? 0)) worst = client;
      if (worst === undefined) return;
      worst.drop();
    }
  }
}
