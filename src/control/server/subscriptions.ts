/** The subscriptions of one client to the facts of the daemon (docs/control-protocol.md, SUBSCRIBE). */

import { LimitError } from "../../model/mod.ts";
import type { InformationPacket } from "../wire/layouts.ts";
import { Information } from "../wire/protocol.ts";
import type { EventSource } from "./event_source.ts";

/** How many subscriptions one connection can have. */
const SUBSCRIPTION_LIMIT = 1024;

/**
 * While more bytes than this wait to be sent to the client, facts are not added as they come: enough for all that
 * happens when a thousand services stop at once.
 */
const FOLLOWING_LIMIT = 1024 * 1024;

/** How many bytes of older facts are made at a time. */
const CATCHING_UP_LIMIT = 16 * 1024;

/** The connection, as its subscriptions see it. */
export interface EventOutput {
  /** How many bytes wait to be sent. */
  readonly waiting: number;
  inform(packet: InformationPacket): void;
  /** Resolves when everything that waits has been sent, or cannot be any more. */
  written(): Promise<void>;
  /** Does the work when it is this client's turn. */
  turn(work: () => void): Promise<void> | undefined;
}

/** What a client asks for. */
export interface Wish {
  /** The full names of services; empty: all facts. */
  readonly services: readonly string[];
  /** Facts with greater numbers. `undefined`: those from now on. */
  readonly since: number | undefined;
  /** When the numbering began that `since` belongs to; 0 if the client does not know. */
  readonly origin: number;
}

interface Subscription {
  /** `undefined`: all facts, those about no service included. */
  readonly services: ReadonlySet<string> | undefined;
  /** The facts up to this number have been sent, or passed over. */
  done: number;
  /** The client goes on from the facts of another daemon, and has seen none of this one's. */
  isForeign: boolean;
}

/** What comes next in a subscription. */
interface Step {
  /** The number up to which it has got then. */
  readonly done: number;
  /** Makes what the client is told. @default absent, the fact is none that it has asked for */
  readonly document?: () => string;
}

/**
 * Sends facts while the client reads. For a client that does not, nothing is kept: its subscriptions stay behind, and
 * go on with what the source still has, after a gap if facts are missing.
 */
export class Subscriptions {
  readonly #source: EventSource;
  readonly #output: EventOutput;
  readonly #subscriptions = new Map<number, Subscription>();
  #opened = 0;
  #unfollow: (() => void) | undefined;
  #pending: Promise<void> | undefined;

  constructor(source: EventSource, output: EventOutput) {
    this.#source = source;
    this.#output = output;
  }

  /** How many there are. */
  get count(): number {
    return this.#subscriptions.size;
  }

  /** Resolves when more has been sent; `undefined` if there is nothing more to send. */
  get pending(): Promise<void> | undefined {
    return this.#pending;
  }

  /** Begins a subscription and returns its number. Its facts come later than that. Throws `LimitError`. */
  open({ services, since, origin }: Wish): number {
    if (this.#subscriptions.size >= SUBSCRIPTION_LIMIT) {
      throw new LimitError(`A control connection cannot have more than ${SUBSCRIPTION_LIMIT} subscriptions`);
    }
    const { last } = this.#source;
    const isForeign = since !== undefined &&
      (since > last || (origin !== 0 && origin !== this.#source.origin));
    const number = this.#opened++;
    this.#subscriptions.set(number, {
      services: services.length === 0 ? undefined : new Set(services),
      done: since ?? last,
      isForeign,
    });
    this.#unfollow ??= this.#source.follow(() => this.#send(FOLLOWING_LIMIT));
    this.#sendLater();
    return number;
  }

  /** Ends a subscription; false if there is none with this number. */
  close(number: number): boolean {
    const existed = this.#subscriptions.delete(number);
    if (this.#subscriptions.size === 0) this.clear();
    return existed;
  }

  /** Ends all. */
  clear(): void {
    this.#subscriptions.clear();
    this.#unfollow?.();
    this.#unfollow = undefined;
  }

  /** Sends until more bytes than the limit wait; the rest when those have been sent. */
  #send(limit: number): void {
    for (const [number, subscription] of this.#subscriptions) {
      for (let step; (step = this.#nextStep(subscription)) !== undefined;) {
        if (step.document !== undefined) {
          if (this.#output.waiting > limit) return this.#sendLater();
          this.#output.inform({ type: Information.EVENT, subscription: number, json: step.document() });
        }
        subscription.done = step.done;
        subscription.isForeign = false;
      }
    }
  }

  #sendLater(): void {
    this.#pending ??= this.#sendWithRoom();
  }

  async #sendWithRoom(): Promise<void> {
    await this.#output.written();
    await this.#output.turn(() => {
      this.#pending = undefined;
      this.#send(CATCHING_UP_LIMIT);
    });
  }

  #nextStep({ services, done, isForeign }: Subscription): Step | undefined {
    const source = this.#source;
    const before = source.first - 1;
    if (isForeign || done < before) {
      return { done: before, document: () => JSON.stringify({ kind: "gap", first: source.first }) };
    }
    const event = source.get(done + 1);
    if (event === undefined) return undefined;
    const service = source.serviceOf(event);
    const isWanted = services === undefined || (service !== undefined && services.has(service));
    return { done: done + 1, ...(isWanted ? { document: () => source.document(event) } : {}) };
  }
}
