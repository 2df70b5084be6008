/** Encodes packets, by the table of layouts. */

import { encodeBytes } from "../../model/bytes.ts";
import { ByteWriter } from "./byte_writer.ts";
import { type FieldKind, layoutOf, type Packet } from "./layouts.ts";
import { PacketError } from "./packet_error.ts";
import { ENVEVENT_HEADER_SIZE, LISTED_NAME_LIMIT, SUBSCRIBE_NAMES_LIMIT } from "./protocol.ts";
import { encodeStatus, type StatusForm, type WireStatus } from "./status_buffer.ts";

/** The form of a status if neither the packet type nor the caller gives it. */
export const DEFAULT_FORM: StatusForm = 14;

/**
 * Appends a packet to `writer`. `form` is the size of the status in SVCINFO and SERVICESTATUS packets.
 * Throws `PacketError` for a text that is too long for its length field, and for an empty text in a request; then
 * nothing is appended.
 */
export function writePacket(writer: ByteWriter, packet: Packet, form: StatusForm = DEFAULT_FORM): void {
  const start = writer.length;
  try {
    writeFields(writer, packet, form);
  } catch (error) {
    writer.truncate(start);
    throw error;
  }
}

function writeFields(writer: ByteWriter, packet: Packet, form: StatusForm): void {
  const start = writer.length;
  const values = packet as unknown as Record<string, unknown>;
  writer.u8(packet.type);
  let sizeKind: FieldKind | undefined;
  let sizeAt = 0;
  for (const [property, kind] of layoutOf(packet.type)!.fields) {
    if (kind === "packetSize8" || kind === "packetSize32") {
      sizeKind = kind;
      sizeAt = writer.length;
    }
    writeField(writer, kind, values[property], form);
  }
  if (sizeKind === "packetSize8") writer.view.setUint8(sizeAt, writer.length - start);
  if (sizeKind === "packetSize32") writer.view.setUint32(sizeAt, writer.length - start, true);
}

/** The bytes of one packet; see `writePacket`. */
export function encodePacket(packet: Packet, form: StatusForm = DEFAULT_FORM): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writePacket(writer, packet, form);
  return writer.take();
}

// `value` has the type that the table pairs with `kind`: the packet types derive from the same table.
// deno-lint-ignore no-explicit-any
function writeField(writer: ByteWriter, kind: FieldKind, value: any, form: StatusForm): void {
  switch (kind) {
    case "u8":
      return writer.u8(value);
    case "u16":
      return writer.u16(value);
    case "u32":
      return writer.u32(value);
    case "i32":
      return writer.i32(value);
    case "u64":
      return writer.u64(value);
    case "zero":
    case "packetSize8":
      return writer.u8(0);
    case "packetSize32":
      return writer.u32(0);
    case "headerSize":
      return writer.u8(ENVEVENT_HEADER_SIZE);
    case "requestText":
      if (value === "") throw new PacketError("Cannot encode an empty text in a request");
      return writeText16(writer, value);
    case "requestTexts16nul":
      return writeRequestTexts(writer, value);
    case "text16":
      return writeText16(writer, value);
    case "text16nul":
      return writeText16(writer, value + "\0");
    case "text32":
      return writeBytes32(writer, encodeBytes(value));
    case "bytes32":
      return writeBytes32(writer, value);
    case "texts64nul":
      return writeTexts64(writer, value);
    case "handles64":
      writer.u64(value.length);
      for (const handle of value) writer.u32(handle);
      return;
    case "length8":
      return writer.u8(listedName(value).length);
    case "lateText":
      return writer.bytes(listedName(value));
    case "count32":
      return writer.u32(value.length);
    case "lateTexts32":
      for (const text of value) writeBytes32(writer, encodeBytes(text));
      return;
    case "status10":
      if (value !== undefined) writeStatus(writer, value, 10);
      return;
    case "status14":
      return writeStatus(writer, value, 14);
    case "status":
      return writeStatus(writer, value, form);
  }
}

function writeText16(writer: ByteWriter, text: string): void {
  const bytes = encodeBytes(text);
  if (bytes.length > 0xffff) throw new PacketError(`Cannot encode a text of ${bytes.length} bytes: too long`);
  writer.u16(bytes.length);
  writer.bytes(bytes);
}

function writeRequestTexts(writer: ByteWriter, names: readonly string[]): void {
  const bytes = encodeBytes(names.map((name) => name + "\0").join(""));
  if (bytes.length > SUBSCRIBE_NAMES_LIMIT) {
    throw new PacketError(`Cannot encode names of ${bytes.length} bytes in a request: too long`);
  }
  writer.u16(bytes.length);
  writer.bytes(bytes);
}

function writeBytes32(writer: ByteWriter, bytes: Uint8Array): void {
  writer.u32(bytes.length);
  writer.bytes(bytes);
}

function writeTexts64(writer: ByteWriter, texts: readonly string[]): void {
  const bytes = encodeBytes(texts.map((text) => text + "\0").join(""));
  writer.u64(bytes.length);
  writer.bytes(bytes);
}

/** The bytes of a name in a list: cut, because one byte gives their number. */
function listedName(name: string): Uint8Array {
  return encodeBytes(name).subarray(0, LISTED_NAME_LIMIT);
}

function writeStatus(writer: ByteWriter, status: WireStatus, form: StatusForm): void {
  const at = writer.reserve(form);
  encodeStatus(writer.view, at, status, form);
}
