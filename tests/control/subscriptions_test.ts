/** Subscriptions to the facts of the daemon (docs/control-protocol.md, SUBSCRIBE and EVENT). */

import { assert, assertEquals } from "@std/assert";
import { encodePacket, EXTENSIONS_NAME, Reply, Request, SUBSCRIBE_FROM_NOW } from "../../src/control/mod.ts";
import type { ControlClient } from "../../src/client/mod.ts";
import { Arrivals } from "../../src/client/steps.ts";
import { Facts } from "./_facts.ts";
import { FakeManager } from "./_fake_manager.ts";
import { fromHex, type Scene, soon, toHex, until, withServer } from "./_server.ts";

interface FactScene extends Scene {
  readonly facts: Facts;
}

function scene(name: string, test: (scene: FactScene) => Promise<void>, size?: number): void {
  Deno.test(name, async () => {
    const facts = new Facts(size);
    await withServer((all) => test({ ...all, facts }), new FakeManager(), facts.source);
  });
}

const NOW = { flags: SUBSCRIBE_FROM_NOW, since: 0, origin: 0, services: [] };
const FROM = { flags: 0, origin: 0, services: [] };
const NEGOTIATION = encodePacket({ type: Request.FINDSERVICE, name: EXTENSIONS_NAME });

interface Document {
  readonly seq?: number;
  readonly kind: string;
  readonly first?: number;
  readonly service?: string;
}

/** What a subscription of a client gets. */
class Reader {
  readonly origin: number;
  readonly last: number;
  readonly number: number;
  readonly #documents = new Arrivals<Document>();

  private constructor(client: ControlClient, reply: { subscription: number; origin: number; last: number }) {
    ({ subscription: this.number, origin: this.origin, last: this.last } = reply);
    client.subscribers.set(this.number, (json) => this.#documents.add(JSON.parse(json)));
  }

  static async subscribe(
    client: ControlClient,
    wish: { flags: number; since: number; origin: number; services: readonly string[] },
  ): Promise<Reader> {
    await client.extensions();
    const reply = await client.request({ type: Request.SUBSCRIBE, ...wish });
    if (reply.type !== Reply.SUBSCRIBED) throw new Error(`no subscription, but packet ${reply.type}`);
    return new Reader(client, reply);
  }

  async next(): Promise<Document> {
    return (await soon(this.#documents.next(), "a document"))!;
  }

  /** The next documents in brief. */
  async take(count: number): Promise<string[]> {
    const brief: string[] = [];
    for (let i = 0; i < count; i++) {
      const { kind, first, seq, service } = await this.next();
      brief.push(kind === "gap" ? `gap ${first}` : `${seq} ${service ?? "-"} ${kind}`);
    }
    return brief;
  }

  get waiting(): number {
    return this.#documents.waiting.length;
  }
}

scene("a subscription and a fact, byte by byte", async ({ peer, facts }) => {
  const client = await peer();
  facts.others(2);
  await client.send(NEGOTIATION);
  await client.expect("c0 04 00");
  await client.send("81 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
  const origin = new DataView(new ArrayBuffer(8));
  origin.setBigUint64(0, BigInt(facts.source.origin), true);
  await client.expect(
    `c2 00 00 00 00 ${toHex(new Uint8Array(origin.buffer))} 02 00 00 00 00 00 00 00`,
  );
  facts.started("web", 42);
  const json = '{"at":"2023-11-14T22:13:20.000Z","level":"info","seq":3,"time":5,"service":"web","id":0,' +
    '"kind":"started","reason":"NORMAL","pid":42,"startFailed":false,"viaDependency":false,' +
    '"text":"service web started."}';
  await client.expect(
    `e0 00 00 00 00 ${toHex(Uint8Array.of(json.length, 0, 0, 0))} ${toHex(new TextEncoder().encode(json))}`,
  );
  await client.send("82 00 00 00 00");
  await client.expect("32");
});

scene(
  "a subscriber gets the facts behind the number that it names, and then those that come",
  async (all) => {
    const { facts } = all;
    facts.started("web");
    facts.starting("db");
    facts.notLoaded("mail");
    const client = await all.client();
    const reader = await Reader.subscribe(client, { ...FROM, since: 1 });
    assertEquals(reader.last, 3);
    facts.started("db");
    assertEquals(await reader.take(3), ["2 db phase", "3 - load-failed", "4 db started"]);
  },
);

scene("facts that are not kept any more are a gap, with the first that is", async (all) => {
  all.facts.others(20);
  const reader = await Reader.subscribe(await all.client(), { ...FROM, since: 3 });
  assertEquals(await reader.take(4), [
    "gap 16",
    "16 - unknown-service",
    "17 - unknown-service",
    "18 - unknown-service",
  ]);
}, 5);

scene("a number of another daemon is a gap, and all that is kept comes behind it", async (all) => {
  all.facts.others(2);
  const client = await all.client();
  const behind = await Reader.subscribe(client, { ...FROM, since: 500 });
  assertEquals(await behind.take(2), ["gap 1", "1 - unknown-service"]);
  const other = await Reader.subscribe(client, { ...FROM, since: 1, origin: behind.origin + 1 });
  assertEquals(await other.take(2), ["gap 1", "1 - unknown-service"]);
  const same = await Reader.subscribe(client, { ...FROM, since: 1, origin: behind.origin });
  assertEquals(await same.take(1), ["2 - unknown-service"]);
});

scene("a subscription to some services has their facts alone, loaded or not", async (all) => {
  const { facts } = all;
  const client = await all.client();
  const reader = await Reader.subscribe(client, { ...NOW, services: ["web", "mail"] });
  facts.started("db");
  facts.others(1500);
  facts.started("web");
  facts.notLoaded("db");
  facts.notLoaded("mail");
  assertEquals(await reader.take(2), ["1502 web started", "1504 - load-failed"]);
});

scene("several subscriptions of one client do not disturb each other", async (all) => {
  const { facts } = all;
  const client = await all.client();
  const web = await Reader.subscribe(client, { ...NOW, services: ["web"] });
  const everything = await Reader.subscribe(client, NOW);
  facts.started("web");
  facts.started("db");
  assertEquals(await web.take(1), ["1 web started"]);
  assertEquals(await everything.take(2), ["1 web started", "2 db started"]);
  assertEquals(
    (await client.request({ type: Request.UNSUBSCRIBE, subscription: everything.number })).type,
    Reply.ACK,
  );
  facts.started("web");
  assertEquals(await web.take(1), ["3 web started"]);
  assertEquals(everything.waiting, 0);
  assertEquals(
    (await client.request({ type: Request.UNSUBSCRIBE, subscription: everything.number })).type,
    Reply.NAK,
  );
});

scene("facts come before the reply to the request that causes them", async ({ peer, manager, facts }) => {
  manager.add("web");
  manager.script.start = () => {
    facts.starting("web");
    return "accepted";
  };
  const client = await peer();
  const find = encodePacket({ type: Request.FINDSERVICE, name: "web" });
  const subscribe = encodePacket({ type: Request.SUBSCRIBE, ...NOW });
  const start = encodePacket({ type: Request.STARTSERVICE, flags: 0, handle: 0 });
  await client.send(Uint8Array.from([...NEGOTIATION, ...find, ...subscribe, ...start]));
  await client.receive(3 + 7);
  assertEquals((await client.receive(21))[0], Reply.SUBSCRIBED);
  const head = await client.receive(9);
  assertEquals(head[0], 224);
  await client.receive(new DataView(head.buffer).getUint32(5, true));
  await client.expect("32");
});

scene(
  "nothing is kept for a subscriber that does not read: it goes on after a gap",
  async ({ peer, facts, log, manager }) => {
    manager.add("web");
    const client = await peer();
    await client.send(
      Uint8Array.from([...NEGOTIATION, ...encodePacket({ type: Request.SUBSCRIBE, ...NOW })]),
    );
    await client.receive(3 + 21);
    const name = "n".repeat(200);
    const total = 40_000;
    for (let i = 0; i < total; i++) {
      facts.started(name);
      if (i % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    const seen: Document[] = [];
    while (seen.at(-1)?.seq !== total) {
      const head = await client.receive(9);
      assertEquals(head[0], 224);
      const json = await client.receive(new DataView(head.buffer).getUint32(5, true));
      seen.push(JSON.parse(new TextDecoder().decode(json)));
    }
    assert(seen.length < total / 4, `${seen.length} facts were kept for it`);
    const gaps = seen.filter(({ kind }) => kind === "gap");
    assertEquals(gaps.map(({ first }) => first), [total - 999]); // one, and what follows it is whole
    let expected = 1;
    for (const { kind, seq, first } of seen) {
      if (kind === "gap") expected = first!;
      else assertEquals(seq, expected++);
    }
    assertEquals(log, []);
  },
);

scene("a thousand services that stop at once leave no gap for a client that reads", async (all) => {
  const { facts } = all;
  const reader = await Reader.subscribe(await all.client(), NOW);
  for (let i = 0; i < 3000; i++) facts.starting(`service-${i % 1000}`);
  for (let i = 1; i <= 3000; i++) assertEquals((await reader.next()).seq, i);
});

scene("a client that reads again gets what comes from then on", async ({ peer, facts }) => {
  const client = await peer();
  await client.send(
    Uint8Array.from([...NEGOTIATION, ...encodePacket({ type: Request.SUBSCRIBE, ...FROM, since: 0 })]),
  );
  await client.receive(3 + 21);
  for (let round = 0; round < 3; round++) {
    facts.others(1);
    const head = await client.receive(9);
    const json = await client.receive(new DataView(head.buffer).getUint32(5, true));
    assertEquals(JSON.parse(new TextDecoder().decode(json)).seq, round + 1);
  }
});

scene("a subscription ends with its connection", async ({ peer, facts }) => {
  const [first, second] = [await peer(), await peer()];
  for (const client of [first, second]) {
    await client.send(
      Uint8Array.from([...NEGOTIATION, ...encodePacket({ type: Request.SUBSCRIBE, ...NOW })]),
    );
    await client.receive(3 + 21);
  }
  assertEquals(facts.followers, 2);
  first.close();
  await until(() => facts.followers === 1, "the end of the first subscription");
  facts.others(1);
  assertEquals((await second.receive(1))[0], 224);
});

scene("clients are owed the last facts when the daemon ends", async ({ client, server, facts }) => {
  const reader = await Reader.subscribe(await client(), NOW);
  facts.others(900);
  await soon(server.drained(), "the end of sending");
  server.disconnectAll();
  assertEquals((await reader.take(900)).at(-1), "900 - unknown-service");
});

scene("without the extensions SUBSCRIBE is an unknown request", async ({ peer, facts }) => {
  for (const type of ["81", "82"]) {
    const client = await peer();
    await client.send(type);
    assertEquals(toHex(await client.rest()), "34");
  }
  assertEquals(facts.followers, 0);
});

scene("names that no service can have, and names that cannot end, are bad requests", async ({ peer }) => {
  const begin = "81 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";
  for (const names of ["03 00 77 65 62", "01 00 00", "ff 03", "ff ff"]) {
    const client = await peer();
    await client.send(Uint8Array.from([...NEGOTIATION, ...fromHex(`${begin} ${names}`)]));
    assertEquals(toHex(await client.rest()), "c0 04 00 34", names);
  }
});

scene("more subscriptions than one connection can have: OOM, and the end", async ({ peer, facts }) => {
  const client = await peer();
  const subscribe = encodePacket({ type: Request.SUBSCRIBE, ...NOW });
  await client.send(Uint8Array.from([...NEGOTIATION, ...Array(1025).fill([...subscribe]).flat()]));
  const received = await client.rest();
  assertEquals(received.length, 3 + 1024 * 21 + 1);
  assertEquals(received.at(-1), Reply.OOM);
  await until(() => facts.followers === 0, "the end of the subscriptions");
});

Deno.test("a server without facts has the extensions of the first version, and no subscriptions", () =>
  withServer(async (all) => {
    const client = await all.client();
    assertEquals(await client.extensions(), 1);
    assertEquals((await client.request({ type: Request.SUBSCRIBE, ...NOW })).type, Reply.NAK);
    assertEquals((await client.request({ type: Request.UNSUBSCRIBE, subscription: 0 })).type, Reply.NAK);
    assert(await client.query("overview") !== undefined);
  }));
