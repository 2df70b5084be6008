/** Clients outlive the server that served them: another server continues over the same sockets. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { encodePacket, type Packet, Reply, Request } from "../../src/control/mod.ts";
import { EXTENSIONS_NAME } from "../../src/control/wire/protocol.ts";
import type { Plain, SavedParts } from "../../src/model/saving.ts";
import { SavedStateError } from "../../src/model/saving.ts";
import { Facts } from "./_facts.ts";
import { FakeManager } from "./_fake_manager.ts";
import { soon, toHex, until } from "./_server.ts";
import { afterTransfers, Program, type Wire } from "./_survivor.ts";

function joined(packets: readonly Packet[]): Uint8Array {
  return Uint8Array.from(packets.flatMap((packet) => [...encodePacket(packet)]));
}

function scene(): FakeManager {
  const manager = new FakeManager();
  manager.add("one");
  manager.add("two");
  return manager;
}

const CONVERSATION: readonly Packet[] = [
  { type: Request.QUERYVERSION },
  { type: Request.FINDSERVICE, name: "one" },
  { type: Request.LOADSERVICE, name: "two" },
  { type: Request.LISTENENV },
  { type: Request.SETENV, entry: "A=1" },
  { type: Request.STARTSERVICE, flags: 0x80, handle: 0 },
  { type: Request.SERVICESTATUS6, handle: 1 },
  { type: Request.LISTSERVICES },
  { type: Request.CLOSEHANDLE, handle: 0 },
  { type: Request.FINDSERVICE, name: "two" },
  { type: Request.QUERYSERVICENAME, reserved: 0, handle: 0 },
];

/** Changes fields in the saved documents of all clients. */
function changeClients(parts: SavedParts, fields: Readonly<Record<string, Plain>>): void {
  for (const document of parts.get("client")?.values() ?? []) Object.assign(Object(document), fields);
}

/** Whole numbers from 0 to below a limit, always the same for a seed. */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * limit);
  };
}

/** Collects what arrives until it has this many bytes. */
async function receive(wire: Wire, into: number[], count: number): Promise<void> {
  await until(() => {
    into.push(...wire.arrived());
    return into.length >= count;
  }, `${count} bytes`);
}

/** The replies of a server that nothing happens to. */
async function undisturbed(): Promise<{ reply: Uint8Array; calls: string[] }> {
  const manager = scene();
  const program = new Program(manager);
  const wire = program.connect();
  const got: number[] = [];
  wire.send(joined(CONVERSATION));
  const last = toHex(joined([{ type: Reply.SERVICENAME, name: "two" }]));
  await until(() => {
    got.push(...wire.arrived());
    return toHex(Uint8Array.from(got)).endsWith(last);
  }, "all replies");
  program.end();
  wire.close();
  return { reply: Uint8Array.from(got), calls: manager.calls };
}

Deno.test("a conversation is the same, byte by byte, if the server is replaced after any byte of the requests", async () => {
  const { reply, calls } = await undisturbed();
  const requests = joined(CONVERSATION);
  for (let cut = 0; cut <= requests.length; cut++) {
    const manager = scene();
    let program = new Program(manager);
    const wire = program.connect();
    wire.send(requests.subarray(0, cut));
    for (let turn = 0; turn < cut % 4; turn++) await new Promise((resolve) => setImmediate(resolve));
    const parts = program.die();
    program = new Program(manager);
    await program.server.restore(parts);
    wire.send(requests.subarray(cut));
    const got: number[] = [];
    await receive(wire, got, reply.length);
    assertEquals(toHex(Uint8Array.from(got)), toHex(reply), `cut at ${cut}`);
    assertEquals(manager.calls, calls, `cut at ${cut}`);
    program.end();
    wire.close();
  }
});

Deno.test("a conversation is the same if the server is replaced after every step", async () => {
  const { reply, calls } = await undisturbed();
  for (let step = 1; step < 30; step++) {
    const manager = scene();
    let program = new Program(manager);
    const wire = program.connect();
    wire.send(joined(CONVERSATION));
    let left = step;
    program.store.onStep = () => {
      if (--left === 0) program.server.pause();
    };
    const got: number[] = [];
    await until(() => {
      got.push(...wire.arrived());
      return left <= 0 || got.length >= reply.length;
    }, `step ${step}`);
    const parts = program.die();
    program = new Program(manager);
    await program.server.restore(parts);
    await receive(wire, got, reply.length);
    assertEquals(toHex(Uint8Array.from(got)), toHex(reply), `step ${step}`);
    assertEquals(manager.calls, calls, `step ${step}`);
    program.end();
    wire.close();
  }
});

Deno.test("a request that reads only, and is answered at once, saves nothing", async () => {
  const program = new Program(scene());
  const wire = program.connect();
  const { steps } = program.store;
  wire.send(joined([{ type: Request.QUERYVERSION }]));
  await receive(wire, [], 5);
  assertEquals(program.store.steps, steps);
  program.end();
  wire.close();
});

Deno.test("output that a client does not read is saved, and another server writes it", async () => {
  const manager = scene();
  for (let index = 0; index < 300; index++) manager.add(`service-${index}`);
  let program = new Program(manager);
  const wire = program.connect();
  const lists = Array.from({ length: 100 }, (): Packet => ({ type: Request.LISTSERVICES5 }));
  wire.send(joined(lists));
  let steps = -1;
  await until(() => {
    const isQuiet = steps === program.store.steps && steps > 2;
    steps = program.store.steps;
    return isQuiet;
  }, "a full socket");
  const one = joined([
    ...[...manager.services()].map((service) => ({
      type: Reply.SVCINFO,
      name: service.name,
      status: manager.status(service),
    })),
    { type: Reply.LISTDONE },
  ]);
  const got: number[] = [];
  for (let restart = 0; restart < 5; restart++) {
    const parts = program.die();
    program = new Program(manager);
    await program.server.restore(parts);
    await receive(wire, got, got.length + 10_000);
  }
  await receive(wire, got, one.length * 100);
  for (let index = 0; index < 100; index++) {
    assertEquals(got.slice(index * one.length, (index + 1) * one.length), [...one], `list ${index}`);
  }
  assertEquals(got.length, one.length * 100);
  program.end();
  wire.close();
});

Deno.test("the reply to an upgrade comes from the program that takes over", async () => {
  for (const refusal of [undefined, "it failed"]) {
    const manager = scene();
    let program = new Program(manager, { upgrade: () => new Promise(() => {}) });
    const wire = program.connect();
    const got: number[] = [];
    wire.send(joined([{ type: Request.FINDSERVICE, name: EXTENSIONS_NAME }]));
    await receive(wire, got, 3);
    wire.send(joined([{ type: Request.UPGRADE, flags: 0, programs: [] }, { type: Request.QUERYVERSION }]));
    await until(
      () => Object.hasOwn(Object(program.store.parts().get("client")?.get(1)), "upgrade"),
      "the request",
    );
    program.server.pause();
    const parts = program.die();
    program = new Program(manager);
    await program.server.restore(parts, { refusal });
    const reply: Packet = refusal === undefined
      ? { type: Reply.ACK }
      : { type: Reply.UPGRADE_REFUSED, reason: refusal };
    const expected = joined([reply, { type: Reply.CPVERSION, minimum: 1, actual: 7 }]);
    got.length = 0;
    await receive(wire, got, expected.length);
    assertEquals(got, [...expected]);
    program.end();
    wire.close();
  }
});

Deno.test("a check for an upgrade gets its answer from the same program", async () => {
  for (const refusal of [undefined, "the program is older"]) {
    const program = new Program(scene(), { upgrade: () => Promise.resolve(refusal) });
    const wire = program.connect();
    const got: number[] = [];
    wire.send(joined([{ type: Request.FINDSERVICE, name: EXTENSIONS_NAME }]));
    await receive(wire, got, 3);
    got.length = 0;
    wire.send(joined([{ type: Request.UPGRADE, flags: 1, programs: ["/new"] }]));
    const expected = joined([
      refusal === undefined ? { type: Reply.ACK } : { type: Reply.UPGRADE_REFUSED, reason: refusal },
    ]);
    await receive(wire, got, expected.length);
    assertEquals(got, [...expected]);
    program.end();
    wire.close();
  }
});

Deno.test("the result of a rotation comes from the same program, or another one rotates again", async () => {
  const result = (result: number, reason = "") => ({ type: Reply.ROTATED, result, reason } as const);
  const outcomes = [
    ["rotated", result(0)],
    ["small", result(1)],
    [{ problem: "no room" }, result(2, "no room")],
    [undefined, { type: Reply.NAK }],
    ["replaced", result(1)],
  ] as const;
  for (const [outcome, reply] of outcomes) {
    const manager = scene();
    const rotate = () => outcome === "replaced" ? new Promise<never>(() => {}) : Promise.resolve(outcome);
    let program = new Program(manager, { rotate });
    const wire = program.connect();
    const got: number[] = [];
    wire.send(joined([{ type: Request.FINDSERVICE, name: EXTENSIONS_NAME }, {
      type: Request.FINDSERVICE,
      name: "one",
    }]));
    await receive(wire, got, 10);
    const handle = new DataView(new Uint8Array(got).buffer).getUint32(5, true);
    got.length = 0;
    wire.send(joined([{ type: Request.ROTATE, handle }, { type: Request.QUERYVERSION }]));
    if (outcome === "replaced") {
      await until(
        () => Object.hasOwn(Object(program.store.parts().get("client")?.get(1)), "again"),
        "the request",
      );
      program.server.pause();
      const parts = program.die();
      let isReady = false;
      program = new Program(manager, { rotate: () => Promise.resolve(isReady ? "small" : undefined) });
      program.server.pause();
      await program.server.restore(parts);
      isReady = true;
      program.server.resume();
    }
    const expected = joined([reply, { type: Reply.CPVERSION, minimum: 1, actual: 7 }]);
    await receive(wire, got, expected.length);
    assertEquals(got, [...expected]);
    program.end();
    wire.close();
  }
});

Deno.test("state with a field of the wrong type, or without a needed one, is refused and changes nothing", async () => {
  const good = {
    descriptor: 9999,
    counts: 0,
    handled: 0,
    input: "",
    list: [8, 1],
    positions: [0],
    ending: false,
  };
  const wrong: [string, number, Plain][] = [
    ["client", 1, {}],
    ["client", 1, 7],
    ...Object.keys(good).map((
      field,
    ): [string, number, Plain] => ["client", 1, { ...good, [field]: { x: 1 } }]),
    ["client", 1, { ...good, input: "?" }],
    ["client", 1, { ...good, handled: "QQ==" }],
    ["client", 1, { ...good, handled: -1 }],
    ["client", 1, { ...good, counts: 0.5 }],
    ["client", 1, { ...good, list: [3, 1] }],
    ["handle", 1, [1, 0, 1]],
    ["handle", 1, "x"],
    ["subscription", 1, [1, 0]],
    ["output-to-client", 1, [1, 0, ""]],
    ["output-to-client", 1, [1, ""]],
    ["output-to-client", 1, [1]],
    ["counts", 0, "x"],
    ["listener", 0, {}],
    ["listener", 0, { path: 1 }],
    ["log-cleared", 1, "x"],
  ];
  for (const [part, number, document] of wrong) {
    const program = new Program(scene());
    const parts: SavedParts = new Map([[part, new Map([[number, document]])]]);
    await assertRejects(
      () => program.server.restore(parts),
      SavedStateError,
      undefined,
      JSON.stringify(document),
    );
    assertEquals([program.server.descriptors(), program.store.steps], [[], 0]);
    program.end();
  }
});

Deno.test("a connection whose descriptor is no open socket is dropped, with all its documents", async () => {
  const manager = scene();
  let program = new Program(manager, { events: new Facts().source });
  const wire = program.connect();
  wire.send(joined([
    { type: Request.FINDSERVICE, name: "one" },
    { type: Request.FINDSERVICE, name: EXTENSIONS_NAME },
    { type: Request.SUBSCRIBE, flags: 1, since: 0, origin: 0, services: [] },
  ]));
  await until(() => program.store.parts().get("subscription")?.size === 1, "the subscription");
  const parts = program.die();
  changeClients(parts, { descriptor: 99_999 });
  program = new Program(manager, { events: new Facts().source });
  program.store.load(parts);
  await program.server.restore(parts);
  assertEquals(program.server.descriptors(), [program.sockets.counts]);
  const left = program.store.parts();
  for (const part of ["client", "handle", "subscription", "output-to-client"]) {
    assertEquals(left.get(part)?.size ?? 0, 0, part);
  }
  program.end();
  wire.close();
});

Deno.test("a conversation is the same if the program ends right after any transfer of bytes", async () => {
  const { reply, calls } = await undisturbed();
  const requests = joined(CONVERSATION);
  for (const pieces of [1, 2, 7]) {
    const size = Math.ceil(requests.length / pieces);
    for (let every = 1; every < 12; every++) {
      const manager = scene();
      let program = new Program(manager);
      let [left, deaths] = [every, 0];
      using _hook = afterTransfers(() => {
        if (--left !== 0) return;
        deaths += 1;
        program.die();
      });
      const wire = program.connect();
      const got: number[] = [];
      const arrive = () => got.push(...wire.arrived());
      const revive = async () => {
        for (let parts; (parts = program.left) !== undefined;) {
          program.server.disconnectAll();
          program = new Program(manager);
          left = every;
          program.server.pause();
          program.store.load(parts);
          await program.server.restore(parts);
          if (program.left === undefined) program.server.resume();
        }
      };
      for (let at = 0; at < requests.length; at += size) {
        wire.send(requests.subarray(at, at + size));
        for (let turn = 0; turn < 30; turn++) {
          arrive();
          await new Promise((resolve) => setImmediate(resolve));
          await revive();
        }
      }
      const where = `${pieces} pieces, every ${every}. transfer`;
      for (let turn = 0; got.length < reply.length; turn++) {
        assert(turn < 10_000, `${where}: ${got.length} of ${reply.length} bytes`);
        await new Promise((resolve) => setImmediate(resolve));
        await revive();
        arrive();
      }
      assertEquals(toHex(Uint8Array.from(got)), toHex(reply), where);
      assertEquals(manager.calls, calls, where);
      assert(every > 3 || deaths > 0, where);
      program.end();
      wire.close();
    }
  }
});

Deno.test("a refusal that comes during a pause reaches the client once, from whichever program", async () => {
  for (const replaced of [false, true]) {
    const manager = scene();
    const answer = Promise.withResolvers<string | undefined>();
    let program = new Program(manager, { upgrade: () => answer.promise });
    const wire = program.connect();
    const got: number[] = [];
    wire.send(joined([{ type: Request.FINDSERVICE, name: EXTENSIONS_NAME }]));
    await receive(wire, got, 3);
    got.length = 0;
    wire.send(joined([{ type: Request.UPGRADE, flags: 1, programs: [] }, { type: Request.QUERYVERSION }]));
    await until(
      () => Object.hasOwn(Object(program.store.parts().get("client")?.get(1)), "upgrade"),
      "the request",
    );
    program.server.pause();
    answer.resolve("no");
    await new Promise((resolve) => setImmediate(resolve));
    if (replaced) {
      const parts = program.die();
      program = new Program(manager);
      await program.server.restore(parts);
    } else program.server.resume();
    const expected = joined([
      { type: Reply.UPGRADE_REFUSED, reason: "no" },
      { type: Reply.CPVERSION, minimum: 1, actual: 7 },
    ]);
    await receive(wire, got, expected.length);
    assertEquals(got, [...expected]);
    program.end();
    wire.close();
  }
});

Deno.test("subscriptions go on in another program, without a gap and without a fact twice", async () => {
  const manager = scene();
  const facts = new Facts();
  let program = new Program(manager, { events: facts.source });
  const wire = program.connect();
  wire.send(joined([
    { type: Request.FINDSERVICE, name: EXTENSIONS_NAME },
    { type: Request.SUBSCRIBE, flags: 1, since: 0, origin: 0, services: [] },
    { type: Request.SUBSCRIBE, flags: 1, since: 0, origin: 0, services: ["one"] },
  ]));
  await until(() => program.store.parts().get("subscription")?.size === 2, "the subscriptions");
  let text = "";
  for (let round = 1; round <= 6; round++) {
    facts.started(round % 2 === 0 ? "one" : "two");
    if (round % 3 !== 0) await new Promise((resolve) => setImmediate(resolve)); // or it is sent by the next program
    const parts = program.die();
    program = new Program(manager, { events: facts.source });
    await program.server.restore(parts);
    const wanted = round + Math.floor(round / 2);
    await until(() => {
      text += String.fromCharCode(...wire.arrived());
      return text.split('"seq":').length - 1 >= wanted;
    }, `event ${wanted}`);
  }
  const numbers = [...text.matchAll(/"seq":(\d+)/g)].map(([, seq]) => Number(seq));
  assertEquals(numbers.sort((one, other) => one - other), [1, 2, 2, 3, 4, 4, 5, 6, 6]);
  program.end();
  wire.close();
});

Deno.test("a client that connects while the program is replaced is accepted by the next one", async () => {
  const path = `${Deno.makeTempDirSync()}/socket`;
  const manager = scene();
  let program = new Program(manager);
  await program.server.open(path);
  const clients: Deno.Conn[] = [];
  const asks = async (client: Deno.Conn, packet: Packet): Promise<number[]> => {
    await client.write(joined([packet]));
    const reply = new Uint8Array(64);
    return [...reply.subarray(0, await soon(client.read(reply), "the reply") ?? 0)];
  };
  for (let round = 0; round < 3; round++) {
    program.server.pause();
    const parts = program.die();
    const client = await Deno.connect({ transport: "unix", path });
    const first = asks(client, { type: Request.FINDSERVICE, name: "one" });
    program = new Program(manager);
    await program.server.restore(parts);
    assertEquals((await first)[0], Reply.SERVICERECORD, `round ${round}`);
    assertEquals(program.server.path, path);
    clients.push(client);
    // The handles of all clients are still open.
    for (const client of clients) {
      const name = await asks(client, { type: Request.QUERYSERVICENAME, reserved: 0, handle: 0 });
      assertEquals(name[0], Reply.SERVICENAME, `round ${round}`);
    }
  }
  for (const client of clients) client.close();
  program.end();
  Deno.removeSync(path.slice(0, -"/socket".length), { recursive: true });
});

Deno.test("random conversations are the same if the server is replaced at random steps", async () => {
  const random = randomNumbers(13);
  const last: Packet = { type: Request.FINDSERVICE, name: "the last" };
  const end = String.fromCharCode(Reply.NOSERVICE).repeat(3);
  const choice = CONVERSATION.filter(({ type }) => type !== Request.CLOSEHANDLE); // a closed handle ends all
  for (let run = 0; run < 20; run++) {
    const packets = Array.from({ length: 30 }, () => choice[random(choice.length)]);
    const talk = async (steps: number[]): Promise<{ reply: string; calls: string[] }> => {
      const manager = scene();
      let program = new Program(manager);
      const wire = program.connect();
      wire.send(joined([...CONVERSATION.slice(0, 3), ...packets, ...Array(3).fill(last)]));
      let text = "";
      const arrive = () => (text += String.fromCharCode(...wire.arrived())).endsWith(end);
      for (let step of steps) {
        program.store.onStep = () => {
          if (--step === 0) program.server.pause();
        };
        await until(() => arrive() || step <= 0, "a step");
        const parts = program.die();
        program = new Program(manager);
        await program.server.restore(parts);
      }
      await until(arrive, "all replies");
      program.end();
      wire.close();
      return { reply: text, calls: manager.calls };
    };
    const expected = await talk([]);
    const steps = Array.from({ length: 4 }, () => 1 + random(5));
    assertEquals(await talk(steps), expected, `run ${run}: ${JSON.stringify({ packets, steps })}`);
  }
});
