import { assertEquals } from "@std/assert";
import { ClientMemory, type CountedClient } from "../../src/control/server/client_memory.ts";

/** A client whose size becomes 0 when it is dropped, like that of a connection. */
class Client implements CountedClient {
  size = 0;
  dropped = false;
  readonly #memory: ClientMemory;

  constructor(memory: ClientMemory) {
    this.#memory = memory;
    memory.join(this);
  }

  grow(bytes: number): void {
    this.size += bytes;
    this.#memory.change(bytes);
  }

  drop(): void {
    this.dropped = true;
    this.grow(-this.size);
  }
}

Deno.test("when all clients together exceed the limit, the largest one is dropped", () => {
  const memory = new ClientMemory(100);
  const clients = [40, 50, 10].map((bytes) => {
    const client = new Client(memory);
    client.grow(bytes);
    return client;
  });
  memory.relieve();
  assertEquals(clients.map(({ dropped }) => dropped), [false, false, false]);
  clients[2].grow(1);
  memory.relieve();
  assertEquals(clients.map(({ dropped }) => dropped), [false, true, false]);
});

Deno.test("a client that has left does not count", () => {
  const memory = new ClientMemory(100);
  const [gone, other] = [new Client(memory), new Client(memory)];
  gone.grow(90);
  gone.grow(-90);
  memory.leave(gone);
  other.grow(90);
  memory.relieve();
  assertEquals(other.dropped, false);
});
