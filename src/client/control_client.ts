/** The client's end of a control connection. It imports neither the server nor the engine, so tools start fast. */

import { errnoOf, errnoText } from "../model/errno.ts";
import { typed } from "../model/typed_module.ts";
import {
  type ByteStream,
  ByteWriter,
  connectStream,
  ControlError,
  type EnvEventPacket,
  EXTENSIONS_NAME,
  EXTENSIONS_QUERY,
  Information,
  type InformationPacket,
  layoutOf,
  MINIMUM_PROTOCOL_VERSION,
  openSocket,
  type OpenStream,
  type Packet,
  type PacketOf,
  PacketReader,
  PROTOCOL_VERSION,
  readFailure,
  Reply,
  type ReplyPacket,
  Request,
  type RequestPacket,
  type ServiceEventPacket,
  type StatusForm,
  statusFormOf,
  type SvcInfo,
  writePacket,
} from "../control/wire/mod.ts";

/** A request with one reply. Lists have several: see `ControlClient.list`. */
export type SingleRequest = Exclude<RequestPacket, ListRequest>;

type ListRequest = PacketOf<typeof Request.LISTSERVICES | typeof Request.LISTSERVICES5>;

/** Options of `ControlClient.request`. */
export interface RequestOptions {
  /**
   * Called when PREACK arrives, which a request with `StartStopFlag.PREACK` asks for: earlier events are older than the
   * command. @default nothing happens
   */
  readonly preack?: () => void;
}

/** The direction of a packet, from the client's view. */
export type PacketDirection = "sent" | "received";

/** A request whose reply has not arrived yet. */
interface Pending {
  /** The form of the statuses in the reply. */
  readonly form: StatusForm;
  readonly preack: (() => void) | undefined;
  /** The entries of a list so far; `undefined` if the request does not ask for a list. */
  readonly entries: SvcInfo[] | undefined;
  readonly resolve: (reply: ReplyPacket) => void;
  readonly reject: (error: ControlError) => void;
}

/**
 * A connection to a daemon. A client may send requests without waiting for earlier replies; replies arrive in the order
 * of the requests. Code that awaits the result of `request` runs before later events are delivered.
 */
export class ControlClient {
  readonly #stream: ByteStream;
  readonly #reader: PacketReader;
  readonly #output = new ByteWriter();
  readonly #pending: Pending[] = [];
  readonly #closed = Promise.withResolvers<void>();
  #version = 0;
  #extensions: Promise<number> | undefined;
  #extensionsVersion = 0;
  #modernEvents = false;
  #writing = false;
  #writeFailure: ControlError | undefined;
  #end: ControlError | undefined;

  #trace: ((packet: Packet, direction: PacketDirection) => void) | undefined = undefined;

  /** Called once for each event of a service, whether the daemon sends one form or two. */
  onEvent: ((event: ServiceEventPacket) => void) | undefined = undefined;

  /** Called for each change of the daemon's environment, after LISTENENV. */
  onEnvironment: ((event: EnvEventPacket) => void) | undefined = undefined;

  /** By the number of a subscription, who is called for each of its facts and gaps, with the JSON document. */
  readonly subscribers: Map<number, (json: string) => void> = new Map();

  /** Resolves when the connection has ended, from either side. */
  readonly closed: Promise<void> = this.#closed.promise;

  /** Uses a connected stream, such as a socket that was passed to this process. */
  constructor(stream: ByteStream) {
    this.#stream = stream;
    this.#reader = new PacketReader(stream);
    void this.#receive();
  }

  /**
   * Connects to the socket at `path`. Throws `ControlError` of kind `connect`.
   *
   * @param open opens the stream; its errors have an error number or are a `ControlError`. @default Deno's sockets
   */
  static async connect(path: string, open: OpenStream = openSocket): Promise<ControlClient> {
    return new ControlClient(await connectStream(path, open));
  }

  /** The protocol version of the daemon, at least 1; 0 before `handshake`. */
  get version(): number {
    return this.#version;
  }

  /**
   * Asks for the daemon's version and checks that both sides speak the same protocol (control protocol 6). Throws
   * `ControlError`: `too-old-client`, `too-old-daemon`, `closed` or `protocol`.
   *
   * @param minimum the lowest version that the caller needs. @default 1
   */
  handshake(minimum: number = MINIMUM_PROTOCOL_VERSION): Promise<void> {
    return mayBeIgnored(this.#handshake(minimum));
  }

  async #handshake(minimum: number): Promise<void> {
    const reply = await this.request({ type: Request.QUERYVERSION });
    if (reply.type !== Reply.CPVERSION) throw unexpectedReply(reply);
    const needed = Math.max(minimum, MINIMUM_PROTOCOL_VERSION);
    if (reply.minimum > PROTOCOL_VERSION) {
      throw new ControlError("too-old-client", `The daemon asks for protocol version ${reply.minimum}`);
    }
    if (reply.actual < needed) {
      throw new ControlError(
        "too-old-daemon",
        `The daemon has protocol version ${reply.actual} of ${needed} needed`,
      );
    }
    this.#version = reply.actual;
  }

  /**
   * Sends a request and returns its reply of any type; BADREQ and OOM are replies, too. Rejects with `ControlError`
   * `closed` or `protocol`; throws `PacketError` if the request cannot be encoded.
   */
  request(packet: SingleRequest, options: RequestOptions = {}): Promise<ReplyPacket> {
    return this.#send(packet, undefined, options.preack);
  }

  /**
   * The loaded services in load order. Throws `ControlError` `closed` or `protocol`.
   *
   * @param version5 whether to use LISTSERVICES5, which daemons have since protocol version 5.
   * @default true, unless the handshake found an older daemon
   */
  list(version5: boolean = this.#version === 0 || this.#version >= 5): Promise<SvcInfo[]> {
    return mayBeIgnored(this.#list(version5));
  }

  async #list(version5: boolean): Promise<SvcInfo[]> {
    const entries: SvcInfo[] = [];
    const reply = await this.#send(
      { type: version5 ? Request.LISTSERVICES5 : Request.LISTSERVICES },
      entries,
    );
    if (reply.type !== Reply.LISTDONE) throw unexpectedReply(reply);
    return entries;
  }

  /**
   * The version of the daemon's extensions; 0 if it has none, like the reference. Asked once per connection. If a query
   * came first, whose answer tells no version, it is the oldest version that has queries.
   */
  extensions(): Promise<number> {
    this.#extensions ??= this.#learnExtensions(
      this.request({ type: Request.FINDSERVICE, name: EXTENSIONS_NAME }),
    );
    return this.#extensions;
  }

  /** The same as far as it is known: 0 until `extensions` has been answered. */
  get extensionsVersion(): number {
    return this.#extensionsVersion;
  }

  #learnExtensions(lookup: Promise<ReplyPacket>): Promise<number> {
    return mayBeIgnored(lookup.then((reply) => this.#extensionsVersion = extensionsOf(reply)));
  }

  /**
   * The daemon's JSON document for a topic; `undefined` if it does not know the topic or has no extensions. Negotiates
   * the extensions first if necessary. Throws `ControlError` `closed` or `protocol`.
   */
  query(topic: string): Promise<unknown> {
    return mayBeIgnored(this.#query(topic));
  }

  async #query(topic: string): Promise<unknown> {
    const reply = await this.#queryReply(topic);
    if (reply === undefined || reply.type === Reply.NAK) return undefined;
    if (reply.type !== Reply.ANSWER) throw unexpectedReply(reply);
    try {
      return JSON.parse(reply.json);
    } catch (cause) {
      throw new ControlError("protocol", "The daemon sent a document that is not JSON", { cause });
    }
  }

  /**
   * The first query also asks for the extensions, which saves a round trip. A plain QUERY must not be sent without
   * extensions.
   */
  async #queryReply(topic: string): Promise<ReplyPacket | undefined> {
    if (this.#extensions === undefined) {
      const first = this.request({ type: Request.FINDSERVICE, name: EXTENSIONS_QUERY + topic });
      this.#extensions = this.#learnExtensions(first);
      const reply = await first;
      return reply.type === Reply.ANSWER ? reply : undefined;
    }
    if (await this.#extensions === 0) return undefined;
    return await this.request({ type: Request.QUERY, topic });
  }

  /** From now on `write` receives each packet in words, before the packet is handled. */
  async trace(write: (text: string, direction: PacketDirection) => void): Promise<void> {
    const { describePacket } = await typed(import("../control/wire/describe.ts"));
    this.#trace = (packet, direction) => write(describePacket(packet), direction);
  }

  /** Ends the connection. Pending requests are rejected with `ControlError` `closed`. */
  close(): void {
    this.#finish(new ControlError("closed", "The connection was closed"));
  }

  #send(packet: RequestPacket, entries?: SvcInfo[], preack?: () => void): Promise<ReplyPacket> {
    const { promise, resolve, reject } = Promise.withResolvers<ReplyPacket>();
    if (this.#end !== undefined) {
      reject(this.#end);
      return mayBeIgnored(promise);
    }
    writePacket(this.#output, packet);
    this.#trace?.(packet, "sent");
    this.#pending.push({ form: statusFormOf(packet.type), preack, entries, resolve, reject });
    if (!this.#writing) void this.#write();
    return mayBeIgnored(promise);
  }

  /** Writes the requests after the current code has made all of them, so that they share one write. */
  async #write(): Promise<void> {
    this.#writing = true;
    await undefined;
    try {
      while (this.#output.length > 0) {
        let rest: Uint8Array = this.#output.take();
        while (rest.length > 0) rest = rest.subarray(await this.#stream.write(rest));
      }
      this.#writing = false;
    } catch (cause) {
      // Replies to earlier requests may still be readable, so only the end of reading ends the connection. `#writing`
      // stays set, so that nothing is written after the gap.
      const errno = errnoOf(cause);
      this.#writeFailure = new ControlError("closed", `Cannot write to the daemon: ${errnoText(errno)}`, {
        errno,
        cause,
      });
    }
  }

  async #receive(): Promise<void> {
    for (;;) {
      let packet;
      try {
        packet = this.#reader.take(this.#pending[0]?.form ?? 14);
        if (packet === undefined && !await this.#reader.fill()) {
          return this.#finish(
            this.#writeFailure ?? new ControlError("closed", "The daemon ended the connection"),
          );
        }
      } catch (cause) {
        return this.#finish(this.#writeFailure ?? readFailure(cause));
      }
      if (packet === undefined) continue;
      this.#handle(packet);
      // Code that waits for a reply runs before the next packet is handled. Nobody waits for a single entry of a list.
      if (packet.type !== Reply.SVCINFO) await undefined;
    }
  }

  #handle(packet: ReplyPacket | InformationPacket): void {
    this.#trace?.(packet, "received");
    switch (packet.type) {
      case Information.SERVICEEVENT5:
        // A daemon that supports this form sends every event first in this form and then in the older one.
        this.#modernEvents = true;
        return this.onEvent?.(packet);
      case Information.SERVICEEVENT:
        return this.#modernEvents ? undefined : this.onEvent?.(packet);
      case Information.ENVEVENT:
        return this.onEnvironment?.(packet);
      case Information.EVENT:
        return this.subscribers.get(packet.subscription)?.(packet.json);
      default:
        return this.#handleReply(packet);
    }
  }

  #handleReply(packet: ReplyPacket): void {
    const current = this.#pending[0];
    if (current === undefined) return this.#finish(unexpectedReply(packet));
    if (packet.type === Reply.PREACK) return current.preack?.();
    if (packet.type === Reply.SVCINFO) {
      if (current.entries === undefined) return this.#finish(unexpectedReply(packet));
      current.entries.push(packet);
      return;
    }
    this.#pending.shift();
    current.resolve(packet);
  }

  #finish(error: ControlError): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    this.#stream.close();
    for (const { reject } of this.#pending.splice(0)) reject(error);
    this.#closed.resolve();
  }
}

/** The version of the extensions, from the reply to the lookup of their name; a topic gets its answer at once. */
function extensionsOf(reply: ReplyPacket): number {
  if (reply.type === Reply.EXTENSIONS) return reply.version;
  return reply.type === Reply.ANSWER ? 1 : 0;
}

/** If the connection fails with several pending requests, nobody may be waiting for this one yet. */
function mayBeIgnored<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** The error for a reply that does not match the request. */
export function unexpectedReply(packet: ReplyPacket): ControlError {
  return new ControlError("protocol", `The daemon sent an unexpected ${layoutOf(packet.type)!.name} packet`);
}
