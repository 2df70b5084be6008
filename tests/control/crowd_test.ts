/** Clients that request much, store much, or have left: the daemon does little for them, and serves the others. */

import { assert, assertEquals } from "@std/assert";
import { LimitError } from "../../src/model/mod.ts";
import { Reply, Request } from "../../src/control/wire/protocol.ts";
import { FakeManager, STARTED } from "./_fake_manager.ts";
import { type Scene, toHex, until, withServer } from "./_server.ts";

const VERSION = "3a 01 00 07 00";

/** Counts how often the status of a service was read. */
class CountingManager extends FakeManager {
  statuses = 0;

  override status(service: Parameters<FakeManager["status"]>[0]): ReturnType<FakeManager["status"]> {
    this.statuses += 1;
    return super.status(service);
  }
}

function scene(name: string, test: (scene: Scene) => Promise<void>, manager?: FakeManager): void {
  Deno.test(name, () => withServer(test, manager));
}

const gone = new CountingManager();
scene("few requests of a client that has left are handled", async ({ peer, manager }) => {
  manager.add("web", STARTED);
  for (let i = 0; i < 20; i++) {
    const client = await peer();
    await client.send(new Uint8Array(200).fill(Request.LISTSERVICES));
    client.close();
  }
  const honest = await peer();
  await honest.send("00");
  await honest.expect(VERSION);
  await until(() => gone.statuses >= 20, "a first reply to each client");
  assert(gone.statuses < 20 * 100, `${gone.statuses} of 4000 entries were made`);
}, gone);

const slow = new CountingManager();
scene("a long list is made as the client reads it", async ({ peer, manager }) => {
  const count = 40_000;
  const name = (i: number) => `service-${String(i).padStart(5, "0")}`;
  for (let i = 0; i < count; i++) manager.add(name(i), STARTED);
  const client = await peer();
  await client.send(new Uint8Array([Request.LISTSERVICES]));
  const other = await peer();
  await other.send("00");
  await other.expect(VERSION);
  assert(slow.statuses < count / 2, `${slow.statuses} entries wait for a client that does not read`);
  manager.unload(manager.get(name(count - 1)));
  const entry = 2 + 10 + name(0).length;
  const list = await client.receive((count - 1) * entry + 1);
  for (let at = 0; at < list.length - 1; at += entry) assertEquals(list[at], Reply.SVCINFO);
  assertEquals(list.at(-1), Reply.LISTDONE);
}, slow);

scene("clients with the most handles are dropped when memory is short", async ({ peer, manager, log }) => {
  manager.add("a");
  const requests = new Uint8Array(65_000 * 4);
  for (let i = 0; i < 65_000; i++) requests.set([1, 1, 0, 0x61], i * 4);
  const honest = await peer();
  await honest.send("01 01 00 61");
  await honest.receive(7);
  for (let i = 0; i < 6; i++) {
    const greedy = await peer();
    const reading = greedy.rest();
    reading.catch(() => {});
    await greedy.send(requests).catch(() => {});
    await until(() => log.length > 0 || manager.calls.length === 0, "a turn");
  }
  await until(() => log.length > 0, "a client to be dropped");
  assertEquals(new Set(log), new Set(["warn: Control client has too many handles; dropping connection"]));
  await honest.send("00");
  await honest.expect(VERSION);
});

class FullManager extends FakeManager {
  override setEnvironment(): void {
    throw new LimitError("more than 10000 variables of the environment cannot be changed");
  }
}

scene("too many variables give OOM, and end the connection", async ({ peer, log }) => {
  const client = await peer();
  await client.send("11 03 00 41 3d 62");
  assertEquals(toHex(await client.rest()), "35");
  assertEquals(log, []);
}, new FullManager());
