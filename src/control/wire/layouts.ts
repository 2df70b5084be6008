/**
 * The layout of every packet, in one table: the codec encodes and decodes by it, `describePacket` words packets by it,
 * and the packet types derive from it. A layout is the packet's name and its fields in wire order, after the type byte.
 * A field is a property of the packet object and a kind; fields without a property are computed. If a property appears
 * twice, its length or count comes first, and its content later.
 */

import { Information, Reply, Request } from "./protocol.ts";
import type { StatusForm, WireStatus } from "./status_buffer.ts";

/** The type of each kind of field in a packet object. Integers are little-endian and unsigned, except `i32`. */
interface FieldValues {
  u8: number;
  u16: number;
  u32: number;
  i32: number;
  /** Exact up to 2^53. */
  u64: number;
  /** A byte that is 0 and has no meaning. */
  zero: never;
  /** One byte: the size of this whole packet. Decoding accepts a larger one and skips unknown bytes. */
  packetSize8: never;
  /** One byte: 5, the size of the fixed part of ENVEVENT. */
  headerSize: never;
  /** Four bytes: the size of this whole packet. */
  packetSize32: never;
  /** `u16` length and text, 1 to 1021 bytes: a name, an environment entry or a topic in a request. */
  requestText: string;
  /** `u16` length of all, and names with a NUL behind each, at most 1004 bytes: the names in a request. */
  requestTexts16nul: readonly string[];
  /** `u16` length and text. */
  text16: string;
  /** `u16` length and text with a NUL after it, which the length includes. */
  text16nul: string;
  /** `u32` length and text. */
  text32: string;
  /** `u32` length and bytes. */
  bytes32: Uint8Array;
  /** `u64` total length, and texts with a NUL after each. */
  texts64nul: readonly string[];
  /** `u64` count, and `u32` handles. */
  handles64: readonly number[];
  /** One byte: the length of the text whose content comes later; at most 255 bytes are sent. */
  length8: string;
  /** The content of a text whose length came earlier. */
  lateText: string;
  /** `u32` count of texts that come later. */
  count32: readonly string[];
  /** Texts, each with a `u32` length, whose count came earlier. */
  lateTexts32: readonly string[];
  /** A status buffer of 10 bytes; absent in the oldest form of SERVICEEVENT. */
  status10: WireStatus | undefined;
  /** A status buffer of 14 bytes. */
  status14: WireStatus;
  /** A status buffer of 10, 14 or 30 bytes: only the request determines which. */
  status: WireStatus;
}

/** The kind of a field. */
export type FieldKind = keyof FieldValues;

/** A property of the packet object (empty: none) and its kind on the wire. */
export type Field = readonly [property: string, kind: FieldKind];

/** One packet: its name in the specification and its fields after the type byte. */
export interface Layout {
  readonly name: string;
  readonly fields: readonly Field[];
}

const LAYOUT_TABLE = {
  [Request.QUERYVERSION]: { name: "QUERYVERSION", fields: [] },
  [Request.FINDSERVICE]: { name: "FINDSERVICE", fields: [["name", "requestText"]] },
  [Request.LOADSERVICE]: { name: "LOADSERVICE", fields: [["name", "requestText"]] },
  [Request.STARTSERVICE]: { name: "STARTSERVICE", fields: [["flags", "u8"], ["handle", "u32"]] },
  [Request.STOPSERVICE]: { name: "STOPSERVICE", fields: [["flags", "u8"], ["handle", "u32"]] },
  [Request.WAKESERVICE]: { name: "WAKESERVICE", fields: [["flags", "u8"], ["handle", "u32"]] },
  [Request.RELEASESERVICE]: { name: "RELEASESERVICE", fields: [["flags", "u8"], ["handle", "u32"]] },
  [Request.UNPINSERVICE]: { name: "UNPINSERVICE", fields: [["handle", "u32"]] },
  [Request.LISTSERVICES]: { name: "LISTSERVICES", fields: [] },
  [Request.UNLOADSERVICE]: { name: "UNLOADSERVICE", fields: [["handle", "u32"]] },
  [Request.SHUTDOWN]: { name: "SHUTDOWN", fields: [["kind", "u8"]] },
  [Request.ADD_DEP]: { name: "ADD_DEP", fields: [["kind", "u8"], ["from", "u32"], ["to", "u32"]] },
  [Request.REM_DEP]: { name: "REM_DEP", fields: [["kind", "u8"], ["from", "u32"], ["to", "u32"]] },
  [Request.QUERY_LOAD_MECH]: { name: "QUERY_LOAD_MECH", fields: [] },
  [Request.ENABLESERVICE]: {
    name: "ENABLESERVICE",
    fields: [["kind", "u8"], ["from", "u32"], ["to", "u32"]],
  },
  [Request.QUERYSERVICENAME]: { name: "QUERYSERVICENAME", fields: [["reserved", "u8"], ["handle", "u32"]] },
  [Request.RELOADSERVICE]: { name: "RELOADSERVICE", fields: [["handle", "u32"]] },
  [Request.SETENV]: { name: "SETENV", fields: [["entry", "requestText"]] },
  [Request.SERVICESTATUS]: { name: "SERVICESTATUS", fields: [["handle", "u32"]] },
  [Request.SETTRIGGER]: { name: "SETTRIGGER", fields: [["handle", "u32"], ["value", "u8"]] },
  [Request.CATLOG]: { name: "CATLOG", fields: [["flags", "u8"], ["handle", "u32"]] },
  [Request.SIGNAL]: { name: "SIGNAL", fields: [["signal", "i32"], ["handle", "u32"]] },
  [Request.QUERYSERVICEDSCDIR]: {
    name: "QUERYSERVICEDSCDIR",
    fields: [["reserved", "u8"], ["handle", "u32"]],
  },
  [Request.CLOSEHANDLE]: { name: "CLOSEHANDLE", fields: [["handle", "u32"]] },
  [Request.GETALLENV]: { name: "GETALLENV", fields: [["reserved", "u8"]] },
  [Request.LISTSERVICES5]: { name: "LISTSERVICES5", fields: [] },
  [Request.SERVICESTATUS5]: { name: "SERVICESTATUS5", fields: [["handle", "u32"]] },
  [Request.LISTENENV]: { name: "LISTENENV", fields: [] },
  [Request.SERVICESTATUS6]: { name: "SERVICESTATUS6", fields: [["handle", "u32"]] },
  [Request.ENABLE_SERVICE_V7]: {
    name: "ENABLE_SERVICE_V7",
    fields: [["kind", "u8"], ["from", "u32"], ["to", "u32"]],
  },
  [Request.QUERY]: { name: "QUERY", fields: [["topic", "requestText"]] },
  [Request.SUBSCRIBE]: {
    name: "SUBSCRIBE",
    fields: [["flags", "u8"], ["since", "u64"], ["origin", "u64"], ["services", "requestTexts16nul"]],
  },
  [Request.UNSUBSCRIBE]: { name: "UNSUBSCRIBE", fields: [["subscription", "u32"]] },
  [Request.UPGRADE]: { name: "UPGRADE", fields: [["flags", "u8"], ["programs", "requestTexts16nul"]] },
  [Request.ROTATE]: { name: "ROTATE", fields: [["handle", "u32"]] },

  [Reply.ACK]: { name: "ACK", fields: [] },
  [Reply.NAK]: { name: "NAK", fields: [] },
  [Reply.BADREQ]: { name: "BADREQ", fields: [] },
  [Reply.OOM]: { name: "OOM", fields: [] },
  [Reply.CPVERSION]: { name: "CPVERSION", fields: [["minimum", "u16"], ["actual", "u16"]] },
  [Reply.SERVICERECORD]: {
    name: "SERVICERECORD",
    fields: [["state", "u8"], ["handle", "u32"], ["target", "u8"]],
  },
  [Reply.NOSERVICE]: { name: "NOSERVICE", fields: [] },
  [Reply.ALREADYSS]: { name: "ALREADYSS", fields: [] },
  [Reply.SVCINFO]: {
    name: "SVCINFO",
    fields: [["name", "length8"], ["status", "status"], ["name", "lateText"]],
  },
  [Reply.LISTDONE]: { name: "LISTDONE", fields: [] },
  [Reply.LOADER_MECH]: {
    name: "LOADER_MECH",
    fields: [
      ["loader", "u8"],
      ["", "packetSize32"],
      ["directories", "count32"],
      ["cwd", "text32"],
      ["directories", "lateTexts32"],
    ],
  },
  [Reply.DEPENDENTS]: { name: "DEPENDENTS", fields: [["handles", "handles64"]] },
  [Reply.SERVICENAME]: { name: "SERVICENAME", fields: [["", "zero"], ["name", "text16"]] },
  [Reply.PINNEDSTOPPED]: { name: "PINNEDSTOPPED", fields: [] },
  [Reply.PINNEDSTARTED]: { name: "PINNEDSTARTED", fields: [] },
  [Reply.SHUTTINGDOWN]: { name: "SHUTTINGDOWN", fields: [] },
  [Reply.SERVICESTATUS]: { name: "SERVICESTATUS", fields: [["existed", "u8"], ["status", "status"]] },
  [Reply.SERVICE_DESC_ERR]: { name: "SERVICE_DESC_ERR", fields: [] },
  [Reply.SERVICE_LOAD_ERR]: { name: "SERVICE_LOAD_ERR", fields: [] },
  [Reply.SERVICE_LOG]: { name: "SERVICE_LOG", fields: [["", "zero"], ["log", "bytes32"]] },
  [Reply.SIGNAL_NOPID]: { name: "SIGNAL_NOPID", fields: [] },
  [Reply.SIGNAL_BADSIG]: { name: "SIGNAL_BADSIG", fields: [] },
  [Reply.SIGNAL_KILLERR]: { name: "SIGNAL_KILLERR", fields: [] },
  [Reply.SVCDSCDIR]: { name: "SVCDSCDIR", fields: [["directory", "text32"]] },
  [Reply.ALLENV]: { name: "ALLENV", fields: [["entries", "texts64nul"]] },
  [Reply.PREACK]: { name: "PREACK", fields: [] },
  [Reply.EXTENSIONS]: { name: "EXTENSIONS", fields: [["version", "u16"]] },
  [Reply.ANSWER]: { name: "ANSWER", fields: [["json", "text32"]] },
  [Reply.SUBSCRIBED]: {
    name: "SUBSCRIBED",
    fields: [["subscription", "u32"], ["origin", "u64"], ["last", "u64"]],
  },
  [Reply.UPGRADE_REFUSED]: { name: "UPGRADE_REFUSED", fields: [["reason", "text32"]] },
  [Reply.ROTATED]: { name: "ROTATED", fields: [["result", "u8"], ["reason", "text32"]] },

  [Information.SERVICEEVENT]: {
    name: "SERVICEEVENT",
    fields: [["", "packetSize8"], ["handle", "u32"], ["event", "u8"], ["status", "status10"]],
  },
  [Information.SERVICEEVENT5]: {
    name: "SERVICEEVENT5",
    fields: [["", "packetSize8"], ["handle", "u32"], ["event", "u8"], ["status", "status14"]],
  },
  [Information.ENVEVENT]: {
    name: "ENVEVENT",
    fields: [["", "headerSize"], ["flags", "u8"], ["entry", "text16nul"]],
  },
  [Information.EVENT]: { name: "EVENT", fields: [["subscription", "u32"], ["json", "text32"]] },
} as const satisfies Record<Request | Reply | Information, Layout>;

type Table = typeof LAYOUT_TABLE;
type NamedField<T extends keyof Table> = Exclude<Table[T]["fields"][number], readonly ["", FieldKind]>;

/** The packet of one type as a plain object; for a union of types, a union of packets. */
export type PacketOf<T extends keyof Table> = T extends keyof Table ?
    & { readonly type: T }
    & { readonly [F in NamedField<T> as F[0]]: FieldValues[F[1]] }
  : never;

/** A packet from client to daemon. */
export type RequestPacket = PacketOf<Request>;
/** A packet that answers a request. */
export type ReplyPacket = PacketOf<Reply>;
/** An event of a service with an open handle. The older form may lack the status. */
export type ServiceEventPacket = PacketOf<typeof Information.SERVICEEVENT | typeof Information.SERVICEEVENT5>;
/** The environment of the daemon changed; `entry` is `NAME=VALUE`, or `NAME` for a variable that was removed. */
export type EnvEventPacket = PacketOf<typeof Information.ENVEVENT>;
/** A fact or a gap for a subscription, as a JSON document. */
export type EventPacket = PacketOf<typeof Information.EVENT>;
/** A packet that is no reply to a request. */
export type InformationPacket = ServiceEventPacket | EnvEventPacket | EventPacket;
/** Any packet. */
export type Packet = RequestPacket | ReplyPacket | InformationPacket;
/** One entry of a service list. */
export type SvcInfo = PacketOf<typeof Reply.SVCINFO>;

const layouts = new Map<number, Layout>(
  Object.entries(LAYOUT_TABLE).map(([type, layout]) => [Number(type), layout]),
);

/** The layout of a packet type; `undefined` for an unknown number. */
export function layoutOf(type: number): Layout | undefined {
  return layouts.get(type);
}

/** Whether packets of this type go from client to daemon. */
export function isRequestType(type: number): boolean {
  return type < Reply.ACK || (type >= Request.QUERY && type < Reply.EXTENSIONS);
}

/** Whether the daemon sends packets of this type, known or not, without a request. */
export function isInformationType(type: number): boolean {
  return (type >= Information.SERVICEEVENT && type < Request.QUERY) || type === Information.EVENT;
}

/** The form of the statuses in the replies to a request; 14 for requests whose replies contain none. */
export function statusFormOf(request: Request): StatusForm {
  switch (request) {
    case Request.LISTSERVICES:
    case Request.SERVICESTATUS:
      return 10;
    case Request.SERVICESTATUS6:
    case Request.ENABLE_SERVICE_V7:
      return 30;
    default:
      return 14;
  }
}
