/**
 * The captured exchanges of the specification, byte for byte: once with the codec alone, and once with the real server,
 * whose manager is scripted to the situation of the capture.
 */

import { assertEquals } from "@std/assert";
import { decodePacket, encodePacket, type Packet, Reply, Request } from "../../src/control/mod.ts";
import { statusFormOf } from "../../src/control/wire/layouts.ts";
import { DUMPS } from "./_dumps.ts";
import { fromHex, toHex, withServer } from "./_server.ts";
import { type Situation, SITUATIONS } from "./_situations.ts";

/** What our daemon sends instead: it announces version 7, not 6, and its working directory is that of the tests. */
function asOurs(line: string): string {
  if (line.startsWith("40 01")) return toHex(loaderMechanism(Deno.cwd(), "/srv/svc"));
  return line.replace("3a 01 00 06 00", "3a 01 00 07 00");
}

function loaderMechanism(...texts: string[]): Uint8Array {
  const parts = texts.flatMap((text) => {
    const bytes = new TextEncoder().encode(text);
    return [bytes.length, 0, 0, 0, ...bytes];
  });
  return Uint8Array.from([64, 1, parts.length + 10, 0, 0, 0, texts.length - 1, 0, 0, 0, ...parts]);
}

for (const [title, lines] of Object.entries(DUMPS)) {
  Deno.test(`${title}: every packet decodes, and encodes to the same bytes`, () => {
    let form: 10 | 14 | 30 = 14;
    for (const line of lines) {
      if (line === "EOF") continue;
      const bytes = fromHex(line.slice(3));
      const view = new DataView(bytes.buffer);
      let at = 0;
      while (at < bytes.length) {
        const { packet, size } = decodePacket(view, at, bytes.length, form)!;
        if (line.startsWith("C>")) form = statusFormOf(packet.type as Request);
        assertEquals(toHex(encodePacket(packet, form)), toHex(bytes.subarray(at, at + size)));
        at += size;
      }
    }
  });
}

Deno.test("13.2a: the packets mean what the specification says", () => {
  const packets: Packet[] = [];
  let form: 10 | 14 | 30 = 14;
  for (const line of DUMPS["13.2a"]) {
    const bytes = fromHex(line.slice(3));
    for (let at = 0; at < bytes.length;) {
      const decoded = decodePacket(new DataView(bytes.buffer), at, bytes.length, form)!;
      packets.push(decoded.packet);
      if (line.startsWith("C>")) form = statusFormOf(decoded.packet.type as Request);
      at += decoded.size;
    }
  }
  const stopped = {
    state: 0,
    target: 0,
    waitingForConsole: false,
    holdingConsole: false,
    skipped: false,
    explicit: false,
    reason: 0,
    pid: undefined,
    launchStage: 0,
    launchErrno: 0,
    exit: { code: 0, status: 0 },
  };
  const started = { ...stopped, state: 2, target: 2, explicit: true, pid: 32453 };
  assertEquals(packets, [
    { type: Request.QUERYVERSION },
    { type: Reply.CPVERSION, minimum: 1, actual: 6 },
    { type: Request.LOADSERVICE, name: "web" },
    { type: Reply.SERVICERECORD, state: 0, handle: 0, target: 0 },
    { type: Request.QUERYSERVICEDSCDIR, reserved: 0, handle: 0 },
    { type: Reply.SVCDSCDIR, directory: "/srv/svc" },
    { type: Request.SERVICESTATUS6, handle: 0 },
    {
      type: Reply.SERVICESTATUS,
      existed: 0,
      status: { ...stopped, modified: { seconds: 1700000000, nanoseconds: 123456789 } },
    },
    { type: Request.STARTSERVICE, flags: 0, handle: 0 },
    { type: Reply.ACK },
    { type: 101, handle: 0, event: 0, status: started },
    { type: 100, handle: 0, event: 0, status: started },
  ]);
});

/** Plays a capture against the server. */
async function replay(title: string, situation: Situation): Promise<void> {
  await withServer(async ({ manager, server, peer }) => {
    situation.manager(manager);
    const client = await peer();
    for (const name of situation.handles ?? []) {
      await client.send(encodePacket({ type: Request.FINDSERVICE, name }));
      await client.receive(7);
    }
    const later = [...situation.later ?? []];
    let previous = "";
    for (const line of DUMPS[title].slice(...situation.lines ?? [])) {
      if (line === "EOF") {
        if (situation.daemonEnds) await server.drained().then(() => server.disconnectAll());
        await client.expectEnd();
      } else if (line.startsWith("C>")) await client.send(line.slice(3));
      else {
        if (previous.startsWith("D>")) later.shift()?.(manager);
        await client.expect(asOurs(line.slice(3)));
      }
      previous = line;
    }
    assertEquals(later.length, 0);
  });
}

/** Our daemon knows the request that the capture shows an older one refuse. */
const OF_OLDER_DAEMONS = ["13.11d"];

for (const [title, situations] of Object.entries(SITUATIONS)) {
  for (const situation of [situations].flat()) {
    Deno.test(`${title}: the server sends what the reference sent`, () => replay(title, situation));
  }
}

Deno.test("the server is tested with every capture", () => {
  assertEquals([...Object.keys(SITUATIONS), ...OF_OLDER_DAEMONS].sort(), Object.keys(DUMPS).sort());
});
