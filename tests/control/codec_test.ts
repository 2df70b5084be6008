import { assertEquals, assertThrows } from "@std/assert";
import { fc } from "../random.ts";
import { decodeBytes } from "../../src/model/mod.ts";
import {
  decodePacket,
  describePacket,
  encodePacket,
  Information,
  type Packet,
  PacketError,
  Reply,
  Request,
} from "../../src/control/mod.ts";
import { type FieldKind, layoutOf } from "../../src/control/wire/layouts.ts";
import { decodeStatus } from "../../src/control/wire/status_buffer.ts";
import { fromHex, toHex } from "./_server.ts";

const PACKET_TYPES = [...Object.values(Request), ...Object.values(Reply), ...Object.values(Information)];

const STATUS = decodeStatus(new DataView(new ArrayBuffer(14)), 0, 14);

function decode(bytes: Uint8Array, form: 10 | 14 | 30 = 14) {
  return decodePacket(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, form);
}

/** Any text that bytes can hold, without NUL. */
function anyText(minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.uint8Array({ min: 1, minLength, maxLength }).map(decodeBytes);
}

const anyExit = fc.record({ code: fc.integer({ min: 0, max: 3 }), status: fc.integer({ min: 0, max: 255 }) });

/** Statuses that a buffer of this form can tell without loss. */
function anyStatus(form: 10 | 14 | 30): fc.Arbitrary<unknown> {
  const exit = form === 10 ? fc.constantFrom({ code: 0, status: 0 }, { code: -1, status: -1 }) : anyExit;
  const common = {
    state: fc.integer({ min: 0, max: 3 }),
    target: fc.constantFrom(0, 2),
    waitingForConsole: fc.boolean(),
    holdingConsole: fc.boolean(),
    skipped: fc.boolean(),
    explicit: fc.boolean(),
  };
  const modified = fc.record({
    seconds: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
    nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
  });
  const none = { pid: fc.constant(undefined), launchStage: fc.constant(0), launchErrno: fc.constant(0) };
  const noExit = fc.constant({ code: 0, status: 0 });
  const time = form === 30 ? { modified } : {};
  return fc.oneof(
    fc.record({
      ...common,
      ...none,
      ...time,
      reason: fc.integer({ min: 0, max: 6 }),
      pid: fc.integer({ min: 2 }),
      exit: noExit,
    }),
    fc.record({
      ...common,
      ...none,
      ...time,
      reason: fc.constant(4),
      launchStage: fc.nat(18),
      launchErrno: fc.nat(133),
      exit: noExit,
    }),
    fc.record({ ...common, ...none, ...time, reason: fc.constantFrom(0, 1, 2, 3, 5, 6), exit }),
  );
}

function anyValue(kind: FieldKind, form: 10 | 14 | 30): fc.Arbitrary<unknown> | undefined {
  switch (kind) {
    case "u8":
      return fc.nat(255);
    case "u16":
      return fc.nat(65_535);
    case "u32":
      return fc.nat(2 ** 32 - 1);
    case "i32":
      return fc.integer();
    case "u64":
      return fc.nat(2 ** 31 - 1).map((value) => value * 2 ** 20);
    case "requestTexts16nul":
      return fc.array(anyText(0, 100), { maxLength: 9 });
    case "requestText":
      return anyText(1, 1021);
    case "text16":
    case "text32":
    case "text16nul":
      return anyText(0, 2000);
    case "length8":
    case "lateText":
      return anyText(0, 255);
    case "bytes32":
      return fc.uint8Array({ maxLength: 5000 });
    case "texts64nul":
    case "count32":
    case "lateTexts32":
      return fc.array(anyText(0, 100));
    case "handles64":
      return fc.array(fc.nat(2 ** 32 - 1));
    case "status10":
      return anyStatus(10);
    case "status14":
      return anyStatus(14);
    case "status":
      return anyStatus(form);
    case "zero":
    case "packetSize8":
    case "packetSize32":
    case "headerSize":
      return undefined;
  }
}

function anyPacket(type: number, form: 10 | 14 | 30): fc.Arbitrary<Packet> {
  const fields: Record<string, fc.Arbitrary<unknown>> = { type: fc.constant(type) };
  for (const [property, kind] of layoutOf(type)!.fields) {
    const value = anyValue(kind, form);
    if (value !== undefined) fields[property] = value;
  }
  return fc.record(fields) as unknown as fc.Arbitrary<Packet>;
}

for (const type of PACKET_TYPES) {
  const { name } = layoutOf(type)!;
  Deno.test(`${name}: what is encoded is decoded again`, () => {
    const forms = fc.constantFrom<10 | 14 | 30>(10, 14, 30);
    const cases = forms.chain((form) => fc.tuple(fc.constant(form), anyPacket(type, form), fc.nat(50)));
    fc.assert(
      fc.property(cases, ([form, packet, margin]) => {
        const bytes = encodePacket(packet, form);
        const wider = new Uint8Array(bytes.length + 2 * margin).fill(0xee);
        wider.set(bytes, margin);
        const decoded = decodePacket(new DataView(wider.buffer), margin, wider.length, form);
        assertEquals(decoded, { packet, size: bytes.length });
      }),
      { numRuns: 60 },
    );
  });

  Deno.test(`${name}: no part of a packet is taken for a whole one`, () => {
    const [packet] = fc.sample(anyPacket(type, 14), { numRuns: 1, seed: type });
    const bytes = encodePacket(packet);
    const step = Math.max(1, Math.floor(bytes.length / 200));
    for (let size = 0; size < bytes.length; size += step) {
      assertEquals(decode(bytes.subarray(0, size)), undefined, `${size} of ${bytes.length} bytes`);
    }
  });
}

Deno.test("a decoded log does not change when the buffer is used again", () => {
  const bytes = encodePacket({ type: Reply.SERVICE_LOG, log: Uint8Array.of(1, 2, 3) });
  const { packet } = decode(bytes)!;
  bytes.fill(0xff);
  assertEquals(packet, { type: Reply.SERVICE_LOG, log: Uint8Array.of(1, 2, 3) });
});

Deno.test("a name in a list is cut at 255 bytes, as its length is one byte", () => {
  const bytes = encodePacket({ type: Reply.SVCINFO, name: "n".repeat(300), status: STATUS });
  assertEquals(bytes.length, 2 + 14 + 255);
  assertEquals(decode(bytes)!.packet, { type: Reply.SVCINFO, name: "n".repeat(255), status: STATUS });
});

Deno.test("the length of an environment event does not count the entry", () => {
  const packet = { type: Information.ENVEVENT, flags: 1, entry: "K=new" };
  assertEquals(toHex(encodePacket(packet)), "66 05 01 06 00 4b 3d 6e 65 77 00");
});

Deno.test("an old event without status is understood, and one with more than we know as well", () => {
  const bare = { type: Information.SERVICEEVENT, handle: 3, event: 1, status: undefined };
  assertEquals(decode(fromHex("64 07 03 00 00 00 01")), { packet: bare, size: 7 });
  assertEquals(toHex(encodePacket(bare)), "64 07 03 00 00 00 01");
  const long = decode(fromHex("65 16 03 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 99 32"));
  assertEquals(long?.size, 22);
  assertThrows(() => decode(fromHex("64 06 03 00 00 00 01")), PacketError);
  assertThrows(
    () => decode(fromHex("65 14 03 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00")),
    PacketError,
  );
});

Deno.test("types that no packet has are refused", () => {
  for (let type = 0; type < 256; type++) {
    if ((PACKET_TYPES as number[]).includes(type)) continue;
    assertThrows(() => decode(Uint8Array.of(type, 0, 0, 0, 0, 0)), PacketError);
  }
});

Deno.test("lengths that cannot be are refused instead of waited for", () => {
  assertThrows(() => decode(fromHex("41 ff ff ff ff ff ff ff ff")), PacketError);
  assertThrows(() => decode(fromHex("4e 00 00 00 00 00 01 00 00")), PacketError);
  assertThrows(() => decode(fromHex("40 01 10 00 00 00 ff ff ff ff 00 00 00 00")), PacketError);
});

Deno.test("request texts: 1 to 1021 bytes, looked at when the fourth byte is there", () => {
  for (const type of [Request.FINDSERVICE, Request.LOADSERVICE, Request.SETENV, Request.QUERY]) {
    assertEquals(decode(Uint8Array.of(type, 0, 0)), undefined);
    assertThrows(() => decode(Uint8Array.of(type, 0, 0, 0)), PacketError);
    assertEquals(decode(Uint8Array.of(type, 0xfd, 3, 0x61)), undefined);
    assertEquals(decode(Uint8Array.of(type, 0xfe, 3)), undefined);
    assertThrows(() => decode(Uint8Array.of(type, 0xfe, 3, 0x61)), PacketError);
  }
});

Deno.test("a text that is too long cannot be encoded, and leaves nothing behind", () => {
  assertThrows(() => encodePacket({ type: Request.SETENV, entry: "x".repeat(65_536) }), PacketError);
  assertThrows(() => encodePacket({ type: Request.LOADSERVICE, name: "" }), PacketError);
});

Deno.test("packets in words", () => {
  assertEquals(
    describePacket({ type: Request.STARTSERVICE, flags: 0x81, handle: 3 }),
    "STARTSERVICE flags=129 handle=3",
  );
  assertEquals(describePacket(fromHex("02 03 00 77 65 62")), 'LOADSERVICE name="web"');
  assertEquals(describePacket(fromHex("32")), "ACK");
  assertEquals(describePacket(fromHex("49 00 02 00 00 00 68 0a")), "SERVICE_LOG log=68 0a");
  assertEquals(describePacket(fromHex("64 07 03 00 00 00 01")), "SERVICEEVENT handle=3 event=1 status=none");
  assertEquals(describePacket(fromHex("fe 01")), "not a packet: fe 01");
  assertEquals(describePacket(fromHex("02 03 00 77 65")), "not a packet: 02 03 00 77 65");
});

Deno.test("a status in words whatever its form, which only the request tells", () => {
  for (const form of [10, 14, 30] as const) {
    const bytes = encodePacket({ type: Reply.SVCINFO, name: "web", status: STATUS }, form);
    const words = describePacket(bytes);
    assertEquals(words.slice(0, 45), 'SVCINFO name="web" status={"state":0,"target"');
    assertEquals(words.includes("modified"), form === 30);
  }
});

Deno.test("any bytes whatever are described", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => describePacket(bytes).length > 0));
});
