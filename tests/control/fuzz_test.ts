/** Streams of requests that are right, nearly right, and not right at all, cut anywhere. */

import { assert, assertEquals } from "@std/assert";
import { fc } from "../random.ts";
import { ServiceEvent } from "../../src/model/mod.ts";
import {
  decodePacket,
  encodePacket,
  EXTENSIONS_NAME,
  PacketError,
  Reply,
  Request,
  type RequestPacket,
} from "../../src/control/mod.ts";
import { isInformationType, isRequestType, layoutOf, statusFormOf } from "../../src/control/wire/layouts.ts";
import { type Scene, toHex, until, withServer } from "./_server.ts";

const NAMES = ["web", "db", "boot", "getty@1", "last", "log"];

/** Opens the handles 0 to 5, and asks for extensions. */
const OPENING = [...NAMES, EXTENSIONS_NAME].map((name): RequestPacket => ({
  type: Request.FINDSERVICE,
  name,
}));

const anyHandle = fc.oneof({ weight: 80, arbitrary: fc.nat(5) }, {
  weight: 1,
  arbitrary: fc.nat(2 ** 32 - 1),
});

/** Requests after which handles are not open any more make room for bad requests: there are few of them. */
const CLOSING: number[] = [Request.RELOADSERVICE, Request.CLOSEHANDLE];
const anyType = fc.oneof(
  {
    weight: 50,
    arbitrary: fc.constantFrom(...Object.values(Request).filter((type) => !CLOSING.includes(type))),
  },
  { weight: 1, arbitrary: fc.constantFrom(...CLOSING) },
);

/** Any request, with what its fields usually hold. */
const anyRequest: fc.Arbitrary<RequestPacket> = anyType.chain((type) => {
  const fields: Record<string, fc.Arbitrary<unknown>> = { type: fc.constant(type) };
  for (const [property, kind] of layoutOf(type)!.fields) {
    if (kind === "requestText") fields[property] = fc.constantFrom(...NAMES, "new");
    else if (kind === "requestTexts16nul") fields[property] = fc.array(fc.constantFrom(...NAMES));
    else if (property === "from") fields[property] = fc.nat(2);
    else if (property === "to") fields[property] = fc.integer({ min: 3, max: 5 });
    else if (property === "handle") fields[property] = anyHandle;
    else if (property === "kind") fields[property] = fc.constantFrom(2, 3);
    else if (property === "reserved") fields[property] = fc.constant(0);
    else if (kind === "i32") fields[property] = fc.integer();
    else fields[property] = fc.nat(255);
  }
  return fc.record(fields) as unknown as fc.Arbitrary<RequestPacket>;
});

interface Mutation {
  readonly kind: "set" | "delete" | "insert";
  readonly at: number;
  readonly value: number;
}

const anyMutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom("set", "delete", "insert"),
  at: fc.nat(2000),
  value: fc.nat(255),
});

function mutated(bytes: number[], mutations: Mutation[]): Uint8Array<ArrayBuffer> {
  for (const { kind, at, value } of mutations) {
    const place = at % (bytes.length + 1);
    bytes.splice(place, kind === "insert" ? 0 : 1, ...(kind === "delete" ? [] : [value]));
  }
  return Uint8Array.from(bytes);
}

function prepare({ manager }: Scene): void {
  for (const name of NAMES) manager.add(name);
  manager.calls.length = 0;
  const event = () => {
    manager.emit("web", ServiceEvent.STARTED, { state: 2, target: 2 });
    return "already" as const;
  };
  manager.script = {
    start: event,
    release: event,
    stop: () => ({ dependents: [manager.get("boot")] }),
    bufferedLog: () => ({ bytes: Uint8Array.of(1, 2, 3), end: 3 }),
    unload: () => false,
    reload: (service) => service,
  };
}

/**
 * Reads the daemon's answers against the requests that were sent: every request that is whole and comes before the
 * first bad one has its answer. Returns how many requests were answered.
 */
function checkAnswers(sent: Uint8Array, received: Uint8Array): number {
  const sentView = new DataView(sent.buffer);
  const receivedView = new DataView(received.buffer);
  let at = 0;
  let answered = 0;
  let extensions = false;
  for (let start = 0; start < sent.length;) {
    let request;
    try {
      const allowed = isRequestType(sent[start]) && (sent[start] < Request.QUERY || extensions);
      if (!allowed) throw new PacketError("unknown");
      request = decodePacket(sentView, start, sent.length);
    } catch (error) {
      assert(error instanceof PacketError);
      assertEquals(toHex(received.subarray(at)), "34", "a bad request gets BADREQ and nothing more");
      return answered;
    }
    if (request === undefined) break;
    start += request.size;
    for (;;) {
      const form = statusFormOf(request.packet.type as Request);
      const answer = decodePacket(receivedView, at, received.length, form);
      if (answer === undefined) throw new Error(`no answer to ${JSON.stringify(request.packet)}`);
      at += answer.size;
      const { type } = answer.packet;
      if (type === Reply.BADREQ) {
        assertEquals(at, received.length, "BADREQ is the last reply");
        return answered;
      }
      if (type === Reply.EXTENSIONS || type === Reply.ANSWER) extensions = true;
      if (isInformationType(type) || type === Reply.PREACK || type === Reply.SVCINFO) continue;
      break;
    }
    answered++;
  }
  while (at < received.length) {
    const late = decodePacket(receivedView, at, received.length);
    if (late === undefined || !isInformationType(late.packet.type)) throw new Error("an answer to nothing");
    at += late.size;
  }
  return answered;
}

async function exchange(scene: Scene, bytes: Uint8Array<ArrayBuffer>, cuts: number[]): Promise<Uint8Array> {
  const client = await scene.peer();
  const sending = (async () => {
    const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
    let start = 0;
    for (const end of [...places, bytes.length]) {
      await client.send(bytes.subarray(start, end));
      await new Promise((resolve) => setTimeout(resolve, 0));
      start = end;
    }
    await client.conn.closeWrite();
  })().catch((error) => {
    // The daemon may have closed after BADREQ while there was more to send.
    if (!(error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.NotConnected)) throw error;
  });
  const received = await client.rest();
  await sending;
  client.close();
  return received;
}

Deno.test("whole requests, cut anywhere, all get their answers", () =>
  withServer(async (scene) => {
    prepare(scene);
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRequest, { minLength: 20, maxLength: 100 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        async (requests, cuts) => {
          const bytes = Uint8Array.from(
            [...OPENING, ...requests].flatMap((request) => [...encodePacket(request)]),
          );
          answered += checkAnswers(bytes, await exchange(scene, bytes, cuts));
        },
      ),
      { numRuns: 150 },
    );
    assert(answered > 2500, `only ${answered} requests were answered`);
    await until(() => scene.manager.listenerCount === 0, "the end of all subscriptions");
    assertEquals(scene.log, []);
  }));

Deno.test("damaged requests get the right answers up to the damage, and harm nothing", () =>
  withServer(async (scene) => {
    prepare(scene);
    const streams = fc.record({
      requests: fc.array(anyRequest, { minLength: 1, maxLength: 30 }),
      mutations: fc.array(anyMutation, { minLength: 1, maxLength: 4 }),
      cuts: fc.array(fc.nat(), { maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(streams, async ({ requests, mutations, cuts }) => {
        const bytes = mutated(
          [...OPENING, ...requests].flatMap((request) => [...encodePacket(request)]),
          mutations,
        );
        checkAnswers(bytes, await exchange(scene, bytes, cuts));
      }),
      { numRuns: 250 },
    );
    await until(() => scene.manager.listenerCount === 0, "the end of all subscriptions");
    assertEquals(scene.log, []);
  }));

Deno.test("garbage harms nothing", () =>
  withServer(async (scene) => {
    prepare(scene);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
        checkAnswers(Uint8Array.from(bytes), await exchange(scene, Uint8Array.from(bytes), []));
      }),
      { numRuns: 150 },
    );
    await until(() => scene.manager.listenerCount === 0, "the end of all subscriptions");
    assertEquals(scene.log, []);
  }));
