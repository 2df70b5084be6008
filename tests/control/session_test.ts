/** Handles: their meaning for one connection and for others (control protocol 7.2, 7.4 and 11). */

import { assertEquals } from "@std/assert";
import { Reply, Request } from "../../src/control/mod.ts";
import { conversation, open, replyType } from "./_conversation.ts";
import { toHex, withServer } from "./_server.ts";

conversation(
  "a refused stop or restart names the dependents, with new handles each time",
  async (client, manager) => {
    const [app, api] = [manager.add("app"), manager.add("api")];
    manager.add("db");
    manager.script = {
      stop: () => ({ dependents: [app, api] }),
      restart: () => ({ dependents: [api] }),
    };
    await open(client, "db");
    const stop = { type: Request.STOPSERVICE, flags: 2, handle: 0 } as const;
    assertEquals(await client.request(stop), { type: Reply.DEPENDENTS, handles: [1, 2] });
    assertEquals(await client.request(stop), { type: Reply.DEPENDENTS, handles: [3, 4] });
    assertEquals(await client.request({ ...stop, flags: 6 }), { type: Reply.DEPENDENTS, handles: [5] });
    assertEquals(await client.request({ type: Request.QUERYSERVICENAME, reserved: 9, handle: 4 }), {
      type: Reply.SERVICENAME,
      name: "api",
    });
  },
);

conversation("UNLOADSERVICE ends all handles of the connection to the service", async (client, manager) => {
  manager.add("web");
  manager.add("db");
  for (const name of ["web", "db", "web"]) await open(client, name);
  assertEquals(await replyType(client, { type: Request.UNLOADSERVICE, handle: 2 }), Reply.ACK);
  assertEquals(manager.listenerCount, 1);
  for (const handle of [0, 2]) {
    assertEquals(await replyType(client, { type: Request.SERVICESTATUS, handle }), Reply.NAK);
  }
  assertEquals(await replyType(client, { type: Request.SERVICESTATUS, handle: 1 }), Reply.SERVICESTATUS);
});

conversation(
  "a handle of another client blocks UNLOADSERVICE and RELOADSERVICE",
  async (client, manager, scene) => {
    manager.add("web");
    await open(client, "web");
    const other = await scene.client();
    await open(other, "web");
    await open(other, "web");
    assertEquals(await replyType(client, { type: Request.UNLOADSERVICE, handle: 0 }), Reply.NAK);
    assertEquals(await replyType(client, { type: Request.RELOADSERVICE, handle: 0 }), Reply.NAK);
    assertEquals(manager.calls, []);
    assertEquals(await replyType(client, { type: Request.SERVICESTATUS, handle: 0 }), Reply.SERVICESTATUS);
    await other.request({ type: Request.CLOSEHANDLE, handle: 0 });
    assertEquals(await replyType(client, { type: Request.RELOADSERVICE, handle: 0 }), Reply.NAK);
    await other.request({ type: Request.CLOSEHANDLE, handle: 1 });
    assertEquals(await replyType(client, { type: Request.RELOADSERVICE, handle: 0 }), Reply.ACK);
  },
);

for (
  const [what, reload, expected] of [
    ["succeeds", (service: never) => service, Reply.ACK],
    ["replaces the service", () => ({ name: "web", description: { directory: "" } }), Reply.ACK],
    ["fails", () => undefined, Reply.NAK],
  ] as const
) {
  conversation(`RELOADSERVICE that ${what} ends all handles to the service`, async (client, manager) => {
    manager.add("web");
    await open(client, "web");
    await open(client, "web");
    manager.script = { reload: reload as never };
    assertEquals(await replyType(client, { type: Request.RELOADSERVICE, handle: 0 }), expected);
    assertEquals(manager.listenerCount, 0);
    for (const handle of [0, 1]) {
      assertEquals(await replyType(client, { type: Request.SERVICESTATUS, handle }), Reply.NAK);
    }
  });
}

conversation(
  "a handle is the lowest free number of its connection",
  async (client, manager, scene) => {
    manager.add("web");
    assertEquals([await open(client, "web"), await open(client, "web")], [0, 1]);
    assertEquals(await open(await scene.client(), "web"), 0);
    await client.request({ type: Request.CLOSEHANDLE, handle: 0 });
    assertEquals([await open(client, "web"), await open(client, "web")], [0, 2]);
  },
);

Deno.test("too many handles of one connection give OOM, and end the connection", () =>
  withServer(async ({ peer, manager }) => {
    manager.add("a");
    const client = await peer();
    const requests = new Uint8Array(65_537 * 4);
    for (let i = 0; i < 65_537; i++) requests.set([1, 1, 0, 0x61], i * 4);
    const sent = client.send(requests);
    const replies = await client.receive(65_536 * 7 + 1);
    await sent;
    assertEquals(toHex(replies.subarray(-8)), "3b 00 ff ff 00 00 00 35");
    await client.expectEnd();
    assertEquals(manager.listenerCount, 0);
  }));
