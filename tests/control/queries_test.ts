/** Extension queries (docs/control-protocol.md) against the real server. */

import { assertEquals } from "@std/assert";
import type { ServiceOverview } from "../../src/model/mod.ts";
import { Reply, Request } from "../../src/control/mod.ts";
import type { ControlClient } from "../../src/client/mod.ts";
import { type FakeManager, STARTED } from "./_fake_manager.ts";
import { OVERVIEW } from "./_overview.ts";
import { type Scene, withServer } from "./_server.ts";

function scene(name: string, test: (client: ControlClient, scene: Scene) => Promise<void>): void {
  Deno.test(name, () => withServer(async (all) => test(await all.client(), all)));
}

async function handleOf(client: ControlClient, name: string): Promise<number> {
  const reply = await client.request({ type: Request.FINDSERVICE, name });
  if (reply.type !== Reply.SERVICERECORD) throw new Error(`no ${name}`);
  return reply.handle;
}

scene("the first query is answered in one round trip", async (client) => {
  assertEquals(
    await client.request({ type: Request.FINDSERVICE, name: "\x01dinit-extensions\x01overview" }),
    {
      type: Reply.ANSWER,
      json: JSON.stringify(OVERVIEW),
    },
  );
  assertEquals((await client.request({ type: Request.QUERY, topic: "overview" })).type, Reply.ANSWER);
});

scene("a first query for an unknown topic still negotiates the extensions", async (client) => {
  for (const topic of ["bogus", "", "overview 1", "log", "log x", "service 99", "graph graph"]) {
    assertEquals(
      await client.request({ type: Request.FINDSERVICE, name: `\x01dinit-extensions\x01${topic}` }),
      {
        type: Reply.EXTENSIONS,
        version: 1,
      },
    );
  }
  assertEquals((await client.request({ type: Request.QUERY, topic: "bogus" })).type, Reply.NAK);
});

scene("the graph has every service and every edge", async (client, { manager }) => {
  const web = manager.add("web", STARTED);
  manager.add("db");
  web.dependencies.push({ to: { name: "db" }, kind: 0 }, { to: { name: "absent" }, kind: 5 });
  const graph = await client.query("graph") as { nodes: { name: string; state: number; type: number }[] };
  assertEquals(graph.nodes.map(({ name, state, type }) => [name, state, type]), [["web", 2, 1], [
    "db",
    0,
    1,
  ]]);
  assertEquals((graph as unknown as { edges: unknown }).edges, [
    { from: "web", to: "db", kind: 0 },
    { from: "web", to: "absent", kind: 5 },
  ]);
});

scene(
  "the times of activations, of all started services or of one",
  async (client, { manager }) => {
    manager.add("web");
    manager.add("db");
    const web = {
      name: "web",
      asked: 1000,
      unblocked: 1500.5,
      decidedBy: "db",
      launched: 1500.5,
      ready: undefined,
      stopAsked: undefined,
      ended: undefined,
    };
    manager.activations = [web];
    const document = { name: "web", asked: 1000, unblocked: 1500.5, decidedBy: "db", launched: 1500.5 };
    assertEquals(await client.query("times"), [document]);
    assertEquals(await client.query(`times ${await handleOf(client, "web")}`), document);
    assertEquals(await client.query(`times ${await handleOf(client, "db")}`), undefined);
  },
);

scene("one service of the overview, by its handle", async (client, { manager }) => {
  manager.add("web");
  manager.add("other");
  const service = { name: "web", restarts: 2 } as ServiceOverview;
  manager.overview = [service];
  assertEquals(await client.query(`service ${await handleOf(client, "web")}`), service);
  assertEquals(await client.query(`service ${await handleOf(client, "other")}`), undefined);
  assertEquals(await client.query("service 77"), undefined);
});

/** Gives a service a buffer that holds this text from an offset on until it is emptied. */
function buffer(manager: FakeManager, text: { value: string; start: number }): void {
  manager.script.bufferedLog = (_, { clear = false, after = 0 } = {}) => {
    const all = Uint8Array.from(text.value, (character) => character.charCodeAt(0));
    const end = text.start + all.length;
    if (clear) Object.assign(text, { value: "", start: end });
    return { bytes: all.subarray(Math.max(0, all.length - Math.max(0, end - after))), end };
  };
}

scene(
  "a log in parts: new output, and its start if output was overwritten or cleared",
  async (client, all) => {
    all.manager.add("web");
    const text = { value: "one\n", start: 0 };
    buffer(all.manager, text);
    const handle = await handleOf(client, "web");
    assertEquals(await client.query(`log ${handle}`), { generation: 0, start: 0, end: 4, text: "one\n" });
    assertEquals(await client.query(`log ${handle} 0 4`), { generation: 0, start: 4, end: 4, text: "" });
    text.value += "\xc3\xff";
    assertEquals(await client.query(`log ${handle} 0 4`), {
      generation: 0,
      start: 4,
      end: 6,
      text: "\udcc3\udcff",
    });
    Object.assign(text, { value: "\xff", start: 5 });
    assertEquals(await client.query(`log ${handle} 0 4`), {
      generation: 0,
      start: 5,
      end: 6,
      text: "\udcff",
    });
    assertEquals(await client.query(`log ${handle} 0 999`), { generation: 0, start: 6, end: 6, text: "" });
    const other = await all.client();
    await other.request({ type: Request.CATLOG, flags: 1, handle: await handleOf(other, "web") });
    text.value = "longer than before\n";
    assertEquals(await client.query(`log ${handle} 0 6`), {
      generation: 1,
      start: 6,
      end: 25,
      text: text.value,
    });
  },
);

scene(
  "a log of a service without a buffer, or of no service, is an unknown topic",
  async (client, { manager }) => {
    manager.add("web");
    const handle = await handleOf(client, "web");
    for (const topic of [`log ${handle}`, `log ${handle} 0`, "log 77", "log -1", "log 1e3"]) {
      assertEquals(await client.query(topic), undefined);
    }
  },
);
