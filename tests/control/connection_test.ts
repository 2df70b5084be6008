/** How the daemon takes bytes in and gives bytes out (control protocol 4 and 5). */

import { assert, assertEquals } from "@std/assert";
import { ServiceEvent } from "../../src/model/mod.ts";
import { encodePacket, Request } from "../../src/control/mod.ts";
import { STARTED } from "./_fake_manager.ts";
import { fromHex, type Scene, soon, toHex, until, withServer } from "./_server.ts";

function scene(name: string, test: (scene: Scene) => Promise<void>): void {
  Deno.test(name, () => withServer(test));
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const LOAD_WEB = encodePacket({ type: Request.LOADSERVICE, name: "web" });
const VERSION = "3a 01 00 07 00";

scene("bytes may arrive one at a time", async ({ peer, manager }) => {
  const client = await peer();
  for (const byte of joined(fromHex("00"), LOAD_WEB, fromHex("03 00 00 00 00 00"))) {
    await client.send(Uint8Array.of(byte));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await client.expect(`${VERSION} 3b 00 00 00 00 00 00 32`);
  assertEquals(manager.calls, ["load web", 'start web {"pin":false}']);
});

scene("an incomplete request gets no reply", async ({ peer, manager }) => {
  const [client, other] = [await peer(), await peer()];
  await client.send("02 03 00 77 65");
  await other.send("00");
  await other.expect(VERSION);
  assertEquals(manager.calls, []);
  await client.send("62");
  await client.expect("3b 00 00 00 00 00 00");
});

scene("300 requests in one write get 300 replies in order", async ({ peer, manager }) => {
  manager.add("web");
  manager.add("db");
  const client = await peer();
  const names = Array.from({ length: 300 }, (_, index) => ["web", "db", "nothing"][index % 3]);
  await client.send(joined(...names.map((name) => encodePacket({ type: Request.FINDSERVICE, name }))));
  for (const [index, name] of names.entries()) {
    if (name === "nothing") await client.expect("3c");
    else {
      const handle = Math.floor(index / 3) * 2 + index % 3;
      await client.expect(`3b 00 ${toHex(Uint8Array.of(handle, handle >> 8))} 00 00 00`);
    }
  }
});

scene("requests of the largest size that straddle the end of the buffer", async ({ peer, manager }) => {
  const client = await peer();
  const values: string[] = [];
  const requests = Array.from({ length: 50 }, (_, index) => {
    const entry = `V${index}=`.padEnd(1021 - index % 7, "x");
    values.push(`set ${entry}`);
    return encodePacket({ type: Request.SETENV, entry });
  });
  await client.send(joined(...requests));
  await client.expect(Array(50).fill("32").join(" "));
  assertEquals(manager.calls, values);
});

scene("an unknown request gives BADREQ, and later requests are ignored", async ({ peer, manager }) => {
  const client = await peer();
  await client.send("00 ff 00 00");
  assertEquals(toHex(await client.rest()), `${VERSION} 34`);
  const second = await peer();
  await second.send(joined(fromHex("63"), LOAD_WEB));
  assertEquals(toHex(await second.rest()), "34");
  assertEquals(manager.calls, []);
});

scene("every unknown request number is refused at its first byte", async ({ peer }) => {
  for (let type = 30; type < 256; type++) {
    const client = await peer();
    await client.send(Uint8Array.of(type));
    assertEquals(toHex(await client.rest()), "34", `type ${type}`);
    client.close();
  }
});

scene("texts of length 0 and above 1021 are refused at the fourth byte", async ({ peer }) => {
  for (const type of ["01", "02", "11"]) {
    for (const length of ["00 00", "fe 03", "ff ff"]) {
      const [client, other] = [await peer(), await peer()];
      await client.send(`00 ${type} ${length}`);
      await client.expect(VERSION);
      await other.send("00");
      await other.expect(VERSION);
      await client.send("61");
      assertEquals(toHex(await client.rest()), "34");
      client.close();
      other.close();
    }
  }
});

scene(
  "after BADREQ the client has no handles and gets no events",
  async ({ peer, manager }) => {
    manager.add("web");
    const client = await peer();
    await client.send(joined(LOAD_WEB, fromHex("1b ff")));
    await client.expect("3b 00 00 00 00 00 00 32 34");
    await until(() => manager.listenerCount === 0, "the end of all subscriptions");
    manager.emit("web", ServiceEvent.STARTED);
    await client.expectEnd();
  },
);

scene("a client that closes only its own direction gets its replies", async ({ peer, manager }) => {
  for (let i = 0; i < 20_000; i++) manager.add(`service-${i}`);
  const client = await peer();
  await client.send("01 09 00 73 65 72 76 69 63 65 2d 30 19 00 02 03 00 77");
  await client.conn.closeWrite();
  const all = await client.rest();
  assertEquals(all.length, 7 + listSize(20_000) + 1 + 5);
  assertEquals(toHex(all.subarray(-6)), `3f ${VERSION}`);
  assertEquals(manager.listenerCount, 0);
});

/** The bytes of the entries `service-0`, `service-1` … in a list. */
function listSize(count: number): number {
  return Array.from({ length: count }, (_, i) => 16 + `service-${i}`.length).reduce(
    (sum, size) => sum + size,
    0,
  );
}

scene("a client that leaves in the middle of a request is removed", async ({ peer, manager, log }) => {
  const client = await peer();
  await client.send(joined(LOAD_WEB, fromHex("1b 02 03 00 77")));
  await client.expect("3b 00 00 00 00 00 00 32");
  assertEquals(manager.listenerCount, 2);
  client.close();
  await until(() => manager.listenerCount === 0, "the end of all subscriptions");
  assertEquals(log, []);
});

scene(
  "a client that leaves with unsent output is removed silently",
  async ({ peer, manager, log }) => {
    for (let i = 0; i < 1000; i++) manager.add(`service-${i}`);
    const client = await peer();
    await client.send(joined(LOAD_WEB, new Uint8Array(500).fill(Request.LISTSERVICES5)));
    await client.receive(50_000);
    client.close();
    await until(() => manager.listenerCount === 0, "the end of all subscriptions");
    assertEquals(log, []);
  },
);

scene("a slow reader: reading stops above 16384 bytes, and nothing is lost", async ({ peer, manager }) => {
  for (let i = 0; i < 1000; i++) manager.add(`service-${i}`);
  let lists = 0;
  const services = manager.services.bind(manager);
  manager.services = () => {
    lists++;
    return services();
  };
  const [slow, other] = [await peer(), await peer()];
  // Many times the capacity of the sockets and the daemon: about 27 MB of replies.
  const requests = new Uint8Array(1000).fill(Request.LISTSERVICES5);
  await slow.send(requests);
  await until(() => lists > 0, "a first list");
  for (let round = 0; round < 50; round++) {
    await other.send("00");
    await other.expect(VERSION);
  }
  const list = listSize(1000) + 1;
  const held = lists * list;
  assert(
    held < 16_384 + 2 * list + 500_000,
    `the daemon made ${held} bytes for a client that does not read`,
  );
  for (let i = 0; i < 1000; i++) {
    const bytes = await slow.receive(list);
    assertEquals([bytes[0], bytes[list - 1]], [62, 63]);
  }
  await slow.send("00");
  await slow.expect(VERSION);
});

scene("a silent client does not block others and loses no events", async ({ peer, manager }) => {
  manager.add("web", STARTED);
  const [silent, other] = [await peer(), await peer()];
  await silent.send("01 03 00 77 65 62");
  await silent.receive(7);
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 1000; i++) manager.emit("web", ServiceEvent.STARTED, { pid: round * 1000 + i + 2 });
    await other.send("00");
    await other.expect(VERSION);
  }
  for (let i = 0; i < 20_000; i++) {
    const event = new DataView((await silent.receive(38)).buffer);
    assertEquals([event.getUint8(0), event.getUint8(21)], [101, 100]);
    assertEquals([event.getInt32(13, true), event.getInt32(34, true)], [i + 2, i + 2]);
  }
});

scene(
  "a client that never reads its events is dropped before it fills the memory",
  async ({ peer, manager, log }) => {
    manager.add("web", STARTED);
    const [dead, other] = [await peer(), await peer()];
    await dead.send("01 03 00 77 65 62");
    await dead.receive(7);
    for (let i = 0; i < 500_000; i++) manager.emit("web", ServiceEvent.STARTED);
    await until(() => manager.listenerCount === 0, "the end of all subscriptions");
    assertEquals(log, ["warn: Control client does not read its events; dropping connection"]);
    await other.send("00");
    await other.expect(VERSION);
  },
);

scene("a flood of requests does not block others", async ({ peer, manager }) => {
  const [flood, other] = [await peer(), await peer()];
  let flooding = true;
  let sent = 0;
  const block = new Uint8Array(1024 * 64).fill(Request.QUERYVERSION);
  const sending = (async () => {
    while (flooding) {
      await flood.send(block);
      sent += block.length;
    }
  })();
  const receiving = (async () => {
    let received = 0;
    while (flooding || received < sent * 5) received += (await flood.receive(5)).length;
  })();
  for (let round = 0; round < 20; round++) {
    await other.send("02 03 00 77 65 62");
    await other.receive(7);
  }
  assertEquals(manager.calls.length, 20);
  flooding = false;
  await soon(Promise.all([sending, receiving]), "the end of the flood");
});

scene("an internal error ends only its own connection", async ({ peer, manager, log }) => {
  manager.add("web");
  manager.script = {
    start: () => {
      throw new TypeError("surprise");
    },
  };
  const [unlucky, other] = [await peer(), await peer()];
  await other.send(LOAD_WEB);
  await other.receive(7);
  await unlucky.send(joined(LOAD_WEB, fromHex("03 00 00 00 00 00 00")));
  await unlucky.expect("3b 00 00 00 00 00 00");
  await unlucky.expectEnd();
  assertEquals(manager.listenerCount, 1);
  assertEquals(log.length, 1);
  assert(log[0].startsWith("error: Internal error in control request STARTSERVICE: TypeError: surprise"));
  await other.send("1a 00 00 00 00");
  await other.receive(16);
});

scene(
  "a reply that cannot be encoded is an internal error, not the client's fault",
  async ({ peer, manager, log }) => {
    manager.script = { load: () => manager.add("x".repeat(70_000)) };
    const client = await peer();
    await client.send(joined(LOAD_WEB, fromHex("0f 00 00 00 00 00 00")));
    await client.expect("3b 00 00 00 00 00 00");
    await client.expectEnd();
    assertEquals([log.length, log[0].split(":")[1]], [
      1,
      " Internal error in control request QUERYSERVICENAME",
    ]);
  },
);

scene("the server serves streams that did not come through its socket", async ({ server, path }) => {
  const listener = Deno.listen({ transport: "unix", path: `${path}-pair` });
  const [client, conn] = await Promise.all([
    Deno.connect({ transport: "unix", path: `${path}-pair` }),
    listener.accept(),
  ]);
  listener.close();
  server.serve(conn);
  await client.write(Uint8Array.of(0));
  const reply = new Uint8Array(5);
  await soon(client.read(reply), "the reply");
  assertEquals(toHex(reply), VERSION);
  client.close();
});

scene(
  "a client that has left has no handles, even while its last replies cannot be sent",
  async ({ server, manager }) => {
    const inbox: (Uint8Array | null)[] = [LOAD_WEB, null];
    const closed = Promise.withResolvers<void>();
    server.serve({
      read: (buffer) => {
        const next = inbox.shift()!;
        if (next !== null) buffer.set(next);
        return Promise.resolve(next === null ? null : next.length);
      },
      write: () => new Promise(() => {}),
      close: closed.resolve,
    });
    await until(() => inbox.length === 0 && manager.listenerCount === 0, "the end of all subscriptions");
    assertEquals(manager.calls, ["load web"]);
    server.disconnectAll();
    await soon(closed.promise, "the end of the connection");
  },
);

scene("the server can wait until clients have their output", async ({ server, peer, manager }) => {
  for (let i = 0; i < 20_000; i++) manager.add(`service-${i}`);
  const client = await peer();
  await client.send("19");
  await client.receive(1);
  let drained = false;
  const draining = server.drained().then(() => drained = true);
  await client.receive(10_000);
  assertEquals(drained, false);
  await client.receive(listSize(20_000) + 1 - 10_001);
  await soon(draining, "what the client is owed");
  server.disconnectAll();
  await client.expectEnd();
});
