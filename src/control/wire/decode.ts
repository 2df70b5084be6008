/** Decodes packets, by the table of layouts. */

import { decodeBytes } from "../../model/bytes.ts";
import { DEFAULT_FORM } from "./encode.ts";
import { type FieldKind, layoutOf, type Packet } from "./layouts.ts";
import { PacketError } from "./packet_error.ts";
import { REQUEST_TEXT_LIMIT, SUBSCRIBE_NAMES_LIMIT } from "./protocol.ts";
import { decodeStatus, type StatusForm } from "./status_buffer.ts";

/** A decoded packet and its size in bytes. */
export interface DecodedPacket {
  readonly packet: Packet;
  readonly size: number;
}

/** No valid length comes near this number of bytes. */
const LENGTH_LIMIT = 64 * 1024 * 1024;

/** Texts up to this many bytes, such as names, are decoded here: calling the runtime for them takes longer. */
const SHORT_TEXT = 64;

/** The packet is incomplete. */
const MORE = Symbol("more");

/**
 * Decodes the packet at `start`, if it is complete; `undefined` if more bytes are needed. The result shares no memory
 * with `view`. `form` is the size of the status in SVCINFO and SERVICESTATUS packets. Throws `PacketError` for unknown
 * types and impossible lengths.
 */
export function decodePacket(
  view: DataView,
  start = 0,
  end = view.byteLength,
  form: StatusForm = DEFAULT_FORM,
): DecodedPacket | undefined {
  if (start >= end) return undefined;
  const type = view.getUint8(start);
  const layout = layoutOf(type);
  if (layout === undefined) throw new PacketError(`No packet has type ${type}`);
  const values: Record<string, unknown> = { type };
  const cursor = new Cursor(view, start + 1, end);
  // By index: a list of a thousand services is decoded before V8 has optimised this loop.
  const { fields } = layout;
  for (let i = 0; i < fields.length; i++) {
    const property = fields[i][0];
    const value = readField(cursor, start, fields[i][1], values[property], form);
    if (value === MORE) return undefined;
    if (property !== "") values[property] = value;
  }
  if (cursor.packetEnd !== undefined && cursor.at > cursor.packetEnd) {
    throw new PacketError(`A ${layout.name} packet of ${cursor.packetEnd - start} bytes is too short`);
  }
  return { packet: values as unknown as Packet, size: (cursor.packetEnd ?? cursor.at) - start };
}

/** A position in the bytes that have arrived. */
class Cursor {
  readonly view: DataView;
  readonly end: number;
  at: number;
  /** The end of the packet, if the packet contains it. */
  packetEnd: number | undefined = undefined;

  constructor(view: DataView, at: number, end: number) {
    this.view = view;
    this.at = at;
    this.end = end;
  }

  /** Whether `size` more bytes have arrived. */
  has(size: number): boolean {
    if (size > LENGTH_LIMIT) throw new PacketError(`A packet cannot hold ${size} bytes`);
    return this.at + size <= this.end;
  }

  /** Skips `size` bytes and returns their offset. */
  skip(size: number): number {
    const at = this.at;
    this.at += size;
    return at;
  }

  bytes(size: number): Uint8Array | typeof MORE {
    if (!this.has(size)) return MORE;
    return new Uint8Array(this.view.buffer, this.view.byteOffset + this.skip(size), size);
  }

  text(size: number): string | typeof MORE {
    if (!this.has(size)) return MORE;
    const at = this.skip(size);
    if (size <= SHORT_TEXT) {
      const text = this.#ascii(at, size);
      if (text !== undefined) return text;
    }
    return decodeBytes(new Uint8Array(this.view.buffer, this.view.byteOffset + at, size));
  }

  /** A text of ASCII characters; `undefined` if it has other characters. */
  #ascii(start: number, size: number): string | undefined {
    let text = "";
    for (let at = start; at < start + size; at++) {
      const byte = this.view.getUint8(at);
      if (byte > 0x7f) return undefined;
      text += String.fromCharCode(byte);
    }
    return text;
  }

  u8(): number | typeof MORE {
    return this.has(1) ? this.view.getUint8(this.skip(1)) : MORE;
  }

  u16(): number | typeof MORE {
    return this.has(2) ? this.view.getUint16(this.skip(2), true) : MORE;
  }

  u32(): number | typeof MORE {
    return this.has(4) ? this.view.getUint32(this.skip(4), true) : MORE;
  }

  i32(): number | typeof MORE {
    return this.has(4) ? this.view.getInt32(this.skip(4), true) : MORE;
  }

  u64(): number | typeof MORE {
    return this.has(8) ? Number(this.view.getBigUint64(this.skip(8), true)) : MORE;
  }

  status(form: StatusForm): unknown {
    return this.has(form) ? decodeStatus(this.view, this.skip(form), form) : MORE;
  }
}

/** `earlier`: the value of an earlier field with the same property, the length or count of a late one. */
function readField(
  cursor: Cursor,
  start: number,
  kind: FieldKind,
  earlier: unknown,
  form: StatusForm,
): unknown {
  // The entry fields of lists come first, because there can be thousands of them.
  switch (kind) {
    case "length8":
      return cursor.u8();
    case "status":
      return cursor.status(form);
    case "lateText":
      return cursor.text(earlier as number);
    case "u8":
    case "zero":
    case "headerSize":
      return cursor.u8();
    case "u16":
      return cursor.u16();
    case "u32":
    case "packetSize32":
    case "count32":
      return cursor.u32();
    case "i32":
      return cursor.i32();
    case "u64":
      return cursor.u64();
    case "packetSize8":
      return readPacketSize(cursor, start);
    case "requestText":
      return readRequestText(cursor);
    case "requestTexts16nul":
      return readRequestTexts(cursor);
    case "text16":
      return readSized(cursor, cursor.u16(), (size) => cursor.text(size));
    case "text16nul":
      return readSized(cursor, cursor.u16(), (size) => withoutNul(cursor.text(size)));
    case "text32":
      return readSized(cursor, cursor.u32(), (size) => cursor.text(size));
    case "bytes32":
      return readSized(cursor, cursor.u32(), (size) => copied(cursor.bytes(size)));
    case "texts64nul":
      return readSized(cursor, cursor.u64(), (size) => texts(cursor.text(size)));
    case "handles64":
      return readSized(cursor, cursor.u64(), (count) => readHandles(cursor, count));
    case "lateTexts32":
      return readTexts(cursor, earlier as number);
    case "status10": {
      const absent = cursor.packetEnd !== undefined && cursor.packetEnd - cursor.at < 10;
      return absent ? undefined : cursor.status(10);
    }
    case "status14":
      return cursor.status(14);
  }
}

/** The content after a length, when both have arrived. */
function readSized<T>(
  cursor: Cursor,
  size: number | typeof MORE,
  read: (size: number) => T,
  limit = LENGTH_LIMIT,
): T | typeof MORE {
  if (size !== MORE && size > limit) throw new PacketError(`A packet cannot hold ${size} bytes there`);
  return size === MORE || !cursor.has(size) ? MORE : read(size);
}

/** For packets that give their size in one byte: waits for the whole size, and skips unknown bytes at the end. */
function readPacketSize(cursor: Cursor, start: number): number | typeof MORE {
  const size = cursor.u8();
  if (size === MORE || start + size > cursor.end) return MORE;
  cursor.packetEnd = start + size;
  return size;
}

/** The length is checked when one byte after it has arrived, as in the reference (control protocol 4.1). */
function readRequestText(cursor: Cursor): string | typeof MORE {
  const size = cursor.u16();
  if (size === MORE || !cursor.has(1)) return MORE;
  if (size < 1 || size > REQUEST_TEXT_LIMIT) {
    throw new PacketError(`A request cannot hold a text of ${size} bytes`);
  }
  return cursor.text(size);
}

/** Names that would not fit into the buffer of requests are refused instead of waited for. */
function readRequestTexts(cursor: Cursor): string[] | typeof MORE {
  return readSized(cursor, cursor.u16(), (size) => {
    const joined = cursor.text(size);
    if (joined !== MORE && joined !== "" && !joined.endsWith("\0")) {
      throw new PacketError("The last name has no NUL behind it");
    }
    return texts(joined);
  }, SUBSCRIBE_NAMES_LIMIT);
}

function readHandles(cursor: Cursor, count: number): number[] | typeof MORE {
  if (!cursor.has(count * 4)) return MORE;
  return Array.from({ length: count }, () => cursor.u32() as number);
}

function readTexts(cursor: Cursor, count: number): string[] | typeof MORE {
  if (!cursor.has(count * 4)) return MORE;
  const all: string[] = [];
  for (let i = 0; i < count; i++) {
    const text = readSized(cursor, cursor.u32(), (size) => cursor.text(size));
    if (text === MORE) return MORE;
    all.push(text);
  }
  return all;
}

function texts(joined: string | typeof MORE): string[] | typeof MORE {
  return joined === MORE ? MORE : joined.split("\0").slice(0, -1);
}

function withoutNul(text: string | typeof MORE): string | typeof MORE {
  return text === MORE || !text.endsWith("\0") ? text : text.slice(0, -1);
}

function copied(bytes: Uint8Array | typeof MORE): Uint8Array | typeof MORE {
  return bytes === MORE ? MORE : bytes.slice();
}
