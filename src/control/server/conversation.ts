/** The requests of one client and their replies, in order. */

import { LimitError } from "../../model/mod.ts";
import { decodePacket } from "../wire/decode.ts";
import type { InputBuffer } from "./input_buffer.ts";
import {
  isRequestType,
  layoutOf,
  type ReplyPacket,
  type RequestPacket,
  statusFormOf,
} from "../wire/layouts.ts";
import type { OutputQueue } from "./output_queue.ts";
import { PacketError } from "../wire/packet_error.ts";
import { Reply, Request } from "../wire/protocol.ts";
import { isReadOnly } from "./read_only.ts";
import { answerRequest } from "./requests.ts";
import { ServiceList } from "./service_list.ts";
import type { Session } from "./session.ts";
import type { StatusForm } from "../wire/status_buffer.ts";

/** Writes a line to the daemon's log. */
export type Log = (level: "error" | "warn" | "info", message: string) => void;

/** How many bytes of a long reply to make at a time: enough for the list of a large system. */
const REPLY_PART = 256 * 1024;

/** A long reply that is being sent, and the type of its request. */
export interface LongReply {
  readonly rest: ServiceList;
  readonly request: Request;
}

/** A request whose reply is not known. */
export interface AwaitedRequest {
  readonly packet: RequestPacket;
  readonly bytes: Uint8Array;
}

/** What another program has left of a conversation. */
export interface SavedConversation {
  /** The long reply that is being sent: the type of its request, and the id of the last service in it. */
  readonly list: { readonly request: Request; readonly after: number } | undefined;
  /** No more requests are handled. */
  readonly ending: boolean;
  /** A request whose reply is not known. It is handled again. */
  readonly again: AwaitedRequest | undefined;
}

/** What a `Conversation` uses. */
export interface ConversationContext {
  readonly input: InputBuffer;
  readonly output: OutputQueue;
  readonly session: Session;
  readonly log: Log;
  /** Adds a reply that was not known when its request was handled, and saves it. */
  later(reply: () => void): void;
}

/** Handles requests one after the other. */
export class Conversation {
  readonly #context: ConversationContext;
  #long: LongReply | undefined;
  #awaited: (AwaitedRequest & { readonly reply: Promise<void> }) | undefined;
  /** A request that another program has left. */
  #again: AwaitedRequest | undefined;
  #isEnding = false;
  #isChanging = false;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  /** The rest of a long reply. */
  get long(): LongReply | undefined {
    return this.#long;
  }

  /** Resolves when the reply to the last request is known; `undefined`: it is. */
  get awaited(): Promise<void> | undefined {
    return this.#awaited?.reply;
  }

  /** The request whose reply is not known. */
  get awaitedRequest(): AwaitedRequest | undefined {
    return this.#awaited ?? this.#again;
  }

  /** The last reply ends the conversation. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Whether the requests since `begin` may change more than the output. */
  get isChanging(): boolean {
    return this.#isChanging || this.#long !== undefined;
  }

  /** Begins some requests. */
  begin(): void {
    this.#isChanging = this.#long !== undefined;
  }

  /** Continues a conversation of another program. */
  restore({ ending, list, again }: SavedConversation): void {
    const { manager } = this.#context.session.host;
    this.#isEnding = ending;
    if (list !== undefined) {
      this.#long = { request: list.request, rest: new ServiceList(manager, list.after) };
    }
    this.#again = again;
  }

  /** Continues the long reply, or handles the next request; false if none is complete. */
  step(): boolean {
    const again = this.#again;
    if (again !== undefined) {
      this.#again = undefined;
      this.#handle(again.packet, again.bytes);
    } else if (this.#long !== undefined) this.#continue(this.#long);
    else return this.#next();
    return true;
  }

  /** Handles the next request; false if it is incomplete. */
  #next(): boolean {
    const { start, end, view } = this.#context.input;
    if (start === end) return false;
    let request;
    try {
      this.#checkType(view.getUint8(start));
      request = decodePacket(view, start, end);
    } catch {
      this.#reply({ type: Reply.BADREQ });
      return true;
    }
    if (request === undefined) return false;
    const bytes = new Uint8Array(view.buffer, start, request.size);
    this.#context.input.handled(request.size);
    this.#handle(request.packet as RequestPacket, bytes);
    return true;
  }

  /** An invalid type is refused at once. Extensions are invalid until the client has asked for them. */
  #checkType(type: number): void {
    const known = isRequestType(type) && layoutOf(type) !== undefined;
    if (!known || (type >= Request.QUERY && !this.#context.session.extensions)) {
      throw new PacketError(`No request has type ${type}`);
    }
  }

  #handle(packet: RequestPacket, bytes: Uint8Array): void {
    if (!isReadOnly(packet)) this.#isChanging = true;
    this.#guard(packet.type, () => {
      const form = statusFormOf(packet.type);
      const answer = answerRequest(
        this.#context.session,
        packet,
        (early) => this.#context.output.add(early, form),
      );
      if (answer instanceof ServiceList) this.#long = { rest: answer, request: packet.type };
      else if (answer instanceof Promise) this.#await(answer, packet, bytes.slice());
      else this.#reply(answer, form);
    });
  }

  #await(answer: Promise<ReplyPacket>, packet: RequestPacket, bytes: Uint8Array): void {
    const reply = answer.then(
      (reply) => () => this.#reply(reply),
      (error) => () =>
        this.#guard(packet.type, () => {
          throw error;
        }),
    ).then((act) => {
      this.#awaited = undefined;
      this.#context.later(act);
    });
    this.#awaited = { packet, bytes, reply };
  }

  #continue({ rest, request }: LongReply): void {
    this.#guard(request, () => {
      while (this.#context.output.size < REPLY_PART) {
        const packet = rest.next();
        if (packet === undefined) {
          this.#long = undefined;
          return;
        }
        this.#reply(packet, statusFormOf(request));
      }
    });
  }

  /** An error in `action` ends only this connection. */
  #guard(request: Request, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (error instanceof LimitError) return this.#reply({ type: Reply.OOM });
      this.#end();
      const what = error instanceof Error ? error.stack ?? error.message : String(error);
      const where = layoutOf(request)!.name;
      this.#context.log(
        "error",
        `Internal error in control request ${where}: ${what.replaceAll(/\n\s*/g, " ")}`,
      );
    }
  }

  #reply(packet: ReplyPacket, form?: StatusForm): void {
    this.#context.output.add(packet, form);
    if (packet.type === Reply.BADREQ || packet.type === Reply.OOM) this.#end();
  }

  #end(): void {
    this.#isEnding = true;
    this.#isChanging = true;
  }
}
