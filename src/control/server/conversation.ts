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
  #awaited: { readonly request: Request; readonly reply: Promise<void> } | undefined;
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
  get awaitedRequest(): Request | undefined {
    return this.#awaited?.request;
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
  restore(saved: { ending: boolean; list: { request: Request; after: number } | undefined }): void {
    const { manager } = this.#context.session.host;
    this.#isEnding = saved.ending;
    if (saved.list === undefined) return;
    this.#long = { request: saved.list.request, rest: new ServiceList(manager, saved.list.after) };
  }

  /** Continues the long reply, or handles the next request; false if none is complete. */
  step(): boolean {
    if (this.#long === undefined) return this.#next();
    this.#continue(this.#long);
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
    this.#context.input.handled(request.size);
    this.#handle(request.packet as RequestPacket);
    return true;
  }

  /** An invalid type is refused at once. Extensions are invalid until the client has asked for them. */
  #checkType(type: number): void {
    const known = isRequestType(type) && layoutOf(type) !== undefined;
    if (!known || (type >= Request.QUERY && !this.#context.session.extensions)) {
      throw new PacketError(`No request has type ${type}`);
    }
  }

  #handle(packet: RequestPacket): void {
    if (!isReadOnly(packet)) this.#isChanging = true;
    this.#guard(packet.type, () => {
      const form = statusFormOf(packet.type);
      const answer = answerRequest(
        this.#context.session,
        packet,
        (early) => this.#context.output.add(early, form),
      );
      if (answer instanceof ServiceList) this.#long = { rest: answer, request: packet.type };
      else if (answer instanceof Promise) this.#await(answer, packet.type);
      else this.#reply(answer, form);
    });
  }

  #await(answer: Promise<ReplyPacket>, request: Request): void {
    const reply = answer.then(
      (reply) => () => this.#reply(reply),
      (error) => () =>
        this.#guard(request, () => {
          throw error;
        }),
    ).then((act) => {
      this.#awaited = undefined;
      this.#context.later(act);
    });
    this.#awaited = { request, reply };
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
