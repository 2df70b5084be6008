/** Reads the saved state of all clients. Only a program that continues loads it. */

import {
  flag,
  listOf,
  number,
  object,
  optional,
  or,
  type Plain,
  type SavedParts,
  SavedStateError,
  type Schema,
  text,
} from "../../model/saving.ts";
import { ByteWriter } from "../wire/byte_writer.ts";
import { bytesOfText } from "./byte_text.ts";
import type { ControlledService } from "./controlled_manager.ts";
import type { SavedConversation } from "./conversation.ts";
import type { Chunk } from "./output_queue.ts";
import { decodePacket } from "../wire/decode.ts";
import type { ReplyPacket, RequestPacket } from "../wire/layouts.ts";
import { PacketError } from "../wire/packet_error.ts";
import { Request, REQUEST_LIMIT } from "../wire/protocol.ts";
import type { SavedSession } from "./session.ts";

/** A client that continues. */
export interface SavedClient extends SavedConversation {
  readonly number: number;
  readonly descriptor: number;
  /** Where the connection is counted; `undefined`: nowhere, so it cannot continue. */
  readonly counts: number | undefined;
  /** How many bytes of requests were handled. More may have been handled since. */
  readonly handled: number;
  /** The beginning of the request behind them. */
  readonly input: Uint8Array;
  readonly output: readonly { readonly serial: number; readonly chunk: Chunk }[];
  readonly session: SavedSession;
  /** The answer to a request that another program has left. */
  readonly lateReply: ReplyPacket | undefined;
}

/** The listening socket that continues. */
export interface SavedListener {
  readonly descriptor: number | undefined;
  readonly path: string;
  /** No connection has had this number, or a greater one. */
  readonly clients: number;
}

/** All that the control server continues. */
export interface SavedControl {
  readonly listener: SavedListener | undefined;
  /** The descriptor of the counts of all connections. */
  readonly counts: number | undefined;
  readonly clients: readonly SavedClient[];
  /** How often buffers were cleared, by id of the service. */
  readonly cleared: ReadonlyMap<number, number>;
}

/** A whole number that is not negative. */
const count: Schema<number> = (saved, path) => {
  const value = number(saved, path);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new SavedStateError(path, "is not a whole number from 0 on");
  }
  return value;
};

const bytes: Schema<Uint8Array<ArrayBuffer>> = (saved, path) => {
  const encoded = text(saved, path);
  try {
    return bytesOfText(encoded);
  } catch {
    throw new SavedStateError(path, "is no Base64 text");
  }
};

const listener = object<SavedListener>({ descriptor: optional(count), path: text, clients: or(count, 1) });

const client = object<ClientDocument>({
  descriptor: count,
  extensions: or(flag, false),
  environment: or(flag, false),
  counts: optional(count),
  handled: or(count, 0),
  input: or(bytes, new Uint8Array()),
  list: optional(listOf(number)),
  positions: or((saved, path) => {
    const [opened, ...positions] = Array.isArray(saved) ? saved : [undefined];
    return { opened: count(opened, path), positions: listOf(listOf(count))(positions, path) };
  }, { opened: 0, positions: [] }),
  ending: or(flag, false),
  upgrade: or(flag, false),
  again: optional(bytes),
});

interface ClientDocument {
  readonly descriptor: number;
  readonly extensions: boolean;
  readonly environment: boolean;
  readonly counts: number | undefined;
  readonly handled: number;
  readonly input: Uint8Array;
  readonly list: number[] | undefined;
  readonly positions: { readonly opened: number; readonly positions: number[][] };
  readonly ending: boolean;
  readonly upgrade: boolean;
  readonly again: Uint8Array<ArrayBuffer> | undefined;
}

/**
 * Reads and checks everything. Throws `SavedStateError`.
 *
 * @param services the services of the manager that continues, by id
 * @param upgradeReply the answer for clients that wait for an upgrade
 */
export function readControl(
  parts: SavedParts,
  services: ReadonlyMap<number, ControlledService>,
  upgradeReply: ReplyPacket,
): SavedControl {
  const saved = parts.get("listener")?.get(0);
  const counts = parts.get("counts")?.get(0);
  const reader = new ClientsReader(parts, services, upgradeReply);
  return {
    listener: saved === undefined ? undefined : listener(saved, "listener"),
    counts: counts === undefined ? undefined : count(counts, "counts"),
    clients: reader.read(),
    cleared: new Map(
      [...parts.get("log-cleared") ?? []].map(([id, saved]) => [id, count(saved, `log-cleared ${id}`)]),
    ),
  };
}

class ClientsReader {
  readonly #parts: SavedParts;
  readonly #services: ReadonlyMap<number, ControlledService>;
  readonly #upgradeReply: ReplyPacket;
  readonly #handles = new Map<number, Map<number, SavedSession["handles"][number]>>();
  readonly #subscriptions = new Map<number, { serial: number; number: number; services: string[] }[]>();
  readonly #output = new Map<number, { serial: number; chunk: Chunk }[]>();

  constructor(
    parts: SavedParts,
    services: ReadonlyMap<number, ControlledService>,
    upgradeReply: ReplyPacket,
  ) {
    this.#parts = parts;
    this.#services = services;
    this.#upgradeReply = upgradeReply;
  }

  read(): SavedClient[] {
    for (const [serial, saved] of this.#documents("handle")) this.#readHandle(serial, saved);
    for (const [serial, saved] of this.#documents("subscription")) this.#readSubscription(serial, saved);
    for (const [serial, saved] of this.#documents("output-to-client")) this.#readOutput(serial, saved);
    const clients = [...this.#documents("client")].map(([number, saved]) => this.#readClient(number, saved));
    this.#refuseTheRest();
    return clients;
  }

  #documents(part: string): [number, Plain][] {
    return [...this.#parts.get(part) ?? []].sort(([one], [other]) => one - other);
  }

  #readHandle(serial: number, saved: Plain): void {
    const path = `handle ${serial}`;
    const [client, handle, id] = listOf(count)(saved, path);
    const service = this.#services.get(count(id, path));
    if (service === undefined) throw new SavedStateError(path, `there is no service ${id}`);
    const handles = this.#handles.get(client) ?? new Map();
    this.#handles.set(client, handles);
    if (handles.has(handle)) throw new SavedStateError(path, `handle ${handle} occurs twice`);
    handles.set(handle, { serial, handle, service });
  }

  #readSubscription(serial: number, saved: Plain): void {
    const path = `subscription ${serial}`;
    const [client, number, ...services] = Array.isArray(saved) ? saved : [];
    const subscriptions = this.#of(this.#subscriptions, count(client, path));
    subscriptions.push({ serial, number: count(number, path), services: listOf(text)(services, path) });
  }

  #readOutput(serial: number, saved: Plain): void {
    const path = `output-to-client ${serial}`;
    const [client, place, encoded] = Array.isArray(saved) ? saved : [];
    const output = this.#of(this.#output, count(client, path));
    const at = count(place, path);
    const last = output.at(-1)?.chunk;
    if (last !== undefined && at !== last.at + last.writer.length) {
      throw new SavedStateError(path, "does not follow the output before it");
    }
    const writer = new ByteWriter();
    writer.bytes(bytes(encoded, path));
    output.push({ serial, chunk: { writer, at, serial, saved: writer.length } });
  }

  #of<T>(lists: Map<number, T[]>, client: number): T[] {
    const list = lists.get(client) ?? [];
    lists.set(client, list);
    return list;
  }

  #readClient(number: number, saved: Plain): SavedClient {
    const path = `client ${number}`;
    const document = client(saved, path);
    const { descriptor, counts, handled, ending, extensions, environment, input, list, positions } = document;
    const output = this.#take(this.#output, number) ?? [];
    if (input.length > REQUEST_LIMIT) throw new SavedStateError(`${path}.input`, "is too long");
    return {
      number,
      descriptor,
      counts,
      handled,
      input,
      output,
      session: {
        extensions,
        environment,
        handles: [...this.#take(this.#handles, number)?.values() ?? []],
        opened: positions.opened,
        subscriptions: this.#subscriptionsOf(number, positions.positions),
      },
      list: list === undefined ? undefined : readList(list, `${path}.list`),
      ending,
      lateReply: document.upgrade ? this.#upgradeReply : undefined,
      again: document.again && readRequest(document.again, `${path}.again`),
    };
  }

  #subscriptionsOf(client: number, positions: readonly number[][]): SavedSession["subscriptions"] {
    const subscriptions = this.#take(this.#subscriptions, client) ?? [];
    return subscriptions.map((subscription) => {
      const position = positions.find(([number]) => number === subscription.number);
      const path = `subscription ${subscription.serial}`;
      if (position?.[1] === undefined) throw new SavedStateError(path, "has no position");
      return { ...subscription, done: position[1], isForeign: position[2] === 1 };
    });
  }

  #take<T>(from: Map<number, T>, client: number): T | undefined {
    const taken = from.get(client);
    from.delete(client);
    return taken;
  }

  #refuseTheRest(): void {
    for (
      const [what, rest] of [
        ["handle", this.#handles],
        ["subscription", this.#subscriptions],
        ["output-to-client", this.#output],
      ] as const
    ) {
      for (const client of rest.keys()) throw new SavedStateError(what, `there is no client ${client}`);
    }
  }
}

function readList([request, after]: readonly number[], path: string): SavedClient["list"] {
  if (request !== Request.LISTSERVICES && request !== Request.LISTSERVICES5) {
    throw new SavedStateError(path, "is no request for a list");
  }
  return { request, after: number(after, path) };
}

function readRequest(saved: Uint8Array<ArrayBuffer>, path: string): SavedClient["again"] {
  try {
    const request = decodePacket(new DataView(saved.buffer, saved.byteOffset), 0, saved.length);
    if (request !== undefined && request.size === saved.length) {
      return { packet: request.packet as RequestPacket, bytes: saved };
    }
  } catch (error) {
    if (!(error instanceof PacketError)) throw error;
  }
  throw new SavedStateError(path, "is no request");
}
