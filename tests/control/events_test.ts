/** Events of services and of the environment (control protocol 3.2, 9 and 11). */

import { assertEquals } from "@std/assert";
import { ServiceEvent } from "../../src/model/mod.ts";
import { encodePacket, Request } from "../../src/control/mod.ts";
import { STARTED } from "./_fake_manager.ts";
import { type Peer, type Scene, withServer } from "./_server.ts";

function scene(name: string, test: (scene: Scene) => Promise<void>): void {
  Deno.test(name, () => withServer(test));
}

async function subscribe(client: Peer, name: string): Promise<void> {
  await client.send(encodePacket({ type: Request.FINDSERVICE, name }));
  await client.receive(7);
}

scene("200 clients receive all 1000 events in order", async ({ peer, manager }) => {
  manager.add("web", STARTED);
  const clients = await Promise.all(Array.from({ length: 200 }, peer));
  await Promise.all(clients.map((client) => subscribe(client, "web")));
  for (let i = 0; i < 1000; i++) manager.emit("web", (i % 5) as ServiceEvent, { pid: i + 2 });
  await Promise.all(clients.map(async (client) => {
    const all = new DataView((await client.receive(38 * 1000)).buffer);
    for (let i = 0; i < 1000; i++) {
      const at = i * 38;
      const seen = [all.getUint8(at), all.getUint8(at + 6), all.getInt32(at + 13, true)];
      const older = [all.getUint8(at + 21), all.getUint8(at + 27), all.getInt32(at + 34, true)];
      if (`${seen}` !== `101,${i % 5},${i + 2}` || `${older}` !== `100,${i % 5},${i + 2}`) {
        throw new Error(`event ${i}: ${seen} and ${older}`);
      }
    }
  }));
});

scene("every open handle gets every event, and a closed one none", async ({ peer, manager }) => {
  manager.add("web");
  const client = await peer();
  for (let i = 0; i < 3; i++) await subscribe(client, "web");
  await client.send("17 01 00 00 00");
  await client.expect("32");
  manager.emit("web", ServiceEvent.STARTED, STARTED);
  const bytes = await client.receive(38 * 2);
  assertEquals([bytes[2], bytes[23], bytes[40], bytes[61]].sort(), [0, 0, 2, 2]);
  await client.send("17 00 00 00 00 17 02 00 00 00");
  await client.expect("32 32");
  assertEquals(manager.listenerCount, 0);
  manager.emit("web", ServiceEvent.STOPPED);
  await client.send("00");
  await client.expect("3a 01 00 07 00");
});

scene("events of services without a handle are not sent", async ({ peer, manager }) => {
  manager.add("web");
  manager.add("db");
  const client = await peer();
  await subscribe(client, "web");
  manager.emit("db", ServiceEvent.STARTED);
  await client.send("00");
  await client.expect("3a 01 00 07 00");
});

scene("events that a request of one client causes reach the others, too", async ({ peer, manager }) => {
  manager.add("web");
  manager.script = {
    start: () => {
      manager.emit("web", ServiceEvent.STARTED, STARTED);
      return "already";
    },
  };
  const [actor, watcher] = [await peer(), await peer()];
  await subscribe(actor, "web");
  await subscribe(watcher, "web");
  await actor.send("03 00 00 00 00 00");
  const event = "65 15 00 00 00 00 00 02 02 08 00 00 00 00 00 00 00 00 00 00 00 " +
    "64 11 00 00 00 00 00 02 02 08 00 00 00 00 00 00 00";
  await actor.expect(`${event} 3d`);
  await watcher.expect(event);
});

scene("events never appear between the entries of a list", async ({ peer, manager }) => {
  for (let i = 0; i < 2000; i++) manager.add(`s${i}`);
  const client = await peer();
  await subscribe(client, "s0");
  await client.send("19");
  await client.receive(1);
  manager.emit("s0", ServiceEvent.STARTED, STARTED);
  const list = Array.from({ length: 2000 }, (_, i) => 16 + `s${i}`.length).reduce(
    (sum, size) => sum + size,
    0,
  );
  const bytes = await client.receive(list + 38);
  assertEquals([bytes[list - 1], bytes[list], bytes[list + 21]], [63, 101, 100]);
});

scene(
  "changes of the environment go to those that listen, before the reply to their cause",
  async ({ peer, manager }) => {
    const [listener, actor] = [await peer(), await peer()];
    await listener.send("1b 1b");
    await listener.expect("32 32");
    await actor.send("11 03 00 41 3d 62");
    await actor.expect("32");
    await listener.expect("66 05 00 04 00 41 3d 62 00");
    await listener.send("11 01 00 41");
    await listener.expect("66 05 01 02 00 41 00 32");
    await listener.send("11 01 00 41");
    await listener.expect("66 05 00 02 00 41 00 32");
    assertEquals(manager.listenerCount, 1);
  },
);
