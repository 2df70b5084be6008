/** Packets in words, for people who read a trace. */

import { decodePacket } from "./decode.ts";
import { layoutOf, type Packet } from "./layouts.ts";
import { PacketError } from "./packet_error.ts";
import { Reply } from "./protocol.ts";
import type { StatusForm } from "./status_buffer.ts";

/**
 * One line for a packet: its name and its fields, such as `STARTSERVICE flags=0 handle=3`. Bytes that are no complete
 * packet are shown as numbers.
 */
export function describePacket(packet: Packet | Uint8Array): string {
  if (packet instanceof Uint8Array) return describeBytes(packet);
  const { fields, name } = layoutOf(packet.type)!;
  const values = packet as unknown as Record<string, unknown>;
  const properties = new Set(fields.map(([property]) => property).filter((property) => property !== ""));
  return [name, ...[...properties].map((property) => `${property}=${describeValue(values[property])}`)].join(
    " ",
  );
}

function describeBytes(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    const decoded = decodePacket(view, 0, bytes.length, formOf(bytes));
    if (decoded?.size === bytes.length) return describePacket(decoded.packet);
  } catch (error) {
    if (!(error instanceof PacketError)) throw error;
  }
  return `not a packet: ${hexadecimal(bytes)}`;
}

/** Without its request, only the size of a packet shows the form of its status. */
function formOf(bytes: Uint8Array): StatusForm {
  const around = bytes[0] === Reply.SVCINFO ? 2 + bytes[1] : 2;
  const form = bytes.length - around;
  return form === 10 || form === 30 ? form : 14;
}

function describeValue(value: unknown): string {
  if (value instanceof Uint8Array) return hexadecimal(value);
  return JSON.stringify(value) ?? "none";
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
