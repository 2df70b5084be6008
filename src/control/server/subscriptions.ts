/** The subscriptions of one client to the facts of the daemon (docs/control-protocol.md, SUBSCRIBE). */

import type { Plain } from "../../model/saving.ts";
import { LimitError } from "../../model/mod.ts";
import type { InformationPacket } from "../wire/layouts.ts";
import { Information } from "../wire/protocol.ts";
import type { EventSource } from "./event_source.ts";

/** The largest number of subscriptions of one connection. */
const SUBSCRIPTION_LIMIT = 1024;

/**
 * While more bytes than this wait to be sent to the client, new facts are not added: enough for all facts when a
 * thousand services stop at once.
 */
const FOLLOWING_LIMIT = 1024 * 1024;

/** How many bytes of older facts to encode at a time. */
const CATCHING_UP_LIMIT = 16 * 1024;

/** After how many facts that the client has not selected to save the position: many less than the source keeps. */
const SAVING_INTERVAL = 64;

/** The connection, as its subscriptions see it. */
export interface EventOutput {
  /** How many bytes wait to be sent. */
  readonly waiting: number;
  inform(packet: InformationPacket): void;
  /** Resolves when everything that waits has been sent, or cannot be any more. */
  written(): Promise<void>;
  /** Does the work at this client's turn. */
  turn(work: () => void): Promise<void> | undefined;
  /** Saves all changes of the work together. */
  step(work: () => void): void;
  /** The positions of the subscriptions have changed. */
  moved(): void;
}

/** The request of a client. */
export interface Wish {
  /** The full names of services; empty: all facts. */
  readonly services: readonly string[];
  /** Facts with greater numbers. `undefined`: those from now on. */
  readonly since: number | undefined;
  /** The start of the numbering to which `since` belongs; 0 if the client does not know. */
  readonly origin: number;
}

interface Subscription {
  /** `undefined`: all facts, including those about no service. */
  readonly services: ReadonlySet<string> | undefined;
  /** The facts up to this number have been sent or skipped. */
  done: number;
  /** The client continues from another daemon, and has seen no facts of this one. */
  isForeign: boolean;
}

/** The position of a subscription in saved state. */
export interface SavedPosition {
  readonly number: number;
  readonly done: number;
  readonly isForeign: boolean;
}

/** The next step of a subscription. */
interface Step {
  /** The number that it has reached afterwards. */
  readonly done: number;
  /** Encodes the packet for the client. @default absent, the client has not selected the fact */
  readonly document?: () => string;
}

/**
 * Sends facts while the client reads. For a client that does not read, nothing is kept. Its subscriptions fall behind,
 * and continue with the facts that the source still has, after a gap if facts are missing.
 */
export class Subscriptions {
  readonly #source: EventSource;
  readonly #output: EventOutput;
  readonly #subscriptions = new Map<number, Subscription>();
  #opened = 0;
  #unsaved = 0;
  #unfollow: (() => void) | undefined;
  #pending: Promise<void> | undefined;

  constructor(source: EventSource, output: EventOutput) {
    this.#source = source;
    this.#output = output;
  }

  /** The number of subscriptions. */
  get count(): number {
    return this.#subscriptions.size;
  }

  /** Resolves when more has been sent; `undefined` if there is nothing more to send. */
  get pending(): Promise<void> | undefined {
    return this.#pending;
  }

  /** Begins a subscription and returns its number. Its facts follow later. Throws `LimitError`. */
  open({ services, since, origin }: Wish): number {
    if (this.#subscriptions.size >= SUBSCRIPTION_LIMIT) {
      throw new LimitError(`A control connection cannot have more than ${SUBSCRIPTION_LIMIT} subscriptions`);
    }
    const { last } = this.#source;
    const isForeign = since !== undefined &&
      (since > last || (origin !== 0 && origin !== this.#source.origin));
    const number = this.#opened++;
    this.#keep(number, services, { done: since ?? last, isForeign });
    return number;
  }

  /** The positions for saved state, with the number of the next subscription; `undefined`: there never was one. */
  get positions(): Plain | undefined {
    if (this.#opened === 0) return undefined;
    const positions = [...this.#subscriptions].map(([number, { done, isForeign }]) =>
      isForeign ? [number, done, 1] : [number, done]
    );
    return [this.#opened, ...positions];
  }

  /** Continues subscriptions of another program. */
  restore(opened: number, saved: Iterable<SavedPosition & { readonly services: readonly string[] }>): void {
    this.#opened = opened;
    for (const { number, services, done, isForeign } of saved) {
      this.#keep(number, services, { done, isForeign });
    }
  }

  #keep(
    number: number,
    services: readonly string[],
    position: Pick<Subscription, "done" | "isForeign">,
  ): void {
    this.#subscriptions.set(number, {
      services: services.length === 0 ? undefined : new Set(services),
      ...position,
    });
    this.#unfollow ??= this.#source.follow(() => this.#send(FOLLOWING_LIMIT));
    this.#sendLater();
  }

  /** Ends a subscription; false if the number is unknown. */
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

  /** Sends until more bytes than the limit wait; the rest follows when these have been sent. */
  #send(limit: number): void {
    this.#output.step(() => this.#sendUpTo(limit));
  }

  #sendUpTo(limit: number): void {
    for (const [number, subscription] of this.#subscriptions) {
      for (let step; (step = this.#nextStep(subscription)) !== undefined;) {
        if (step.document !== undefined) {
          if (this.#output.waiting > limit) return this.#sendLater();
          this.#output.inform({ type: Information.EVENT, subscription: number, json: step.document() });
          this.#moved();
        } else if (++this.#unsaved >= SAVING_INTERVAL) this.#moved();
        subscription.done = step.done;
        subscription.isForeign = false;
      }
    }
  }

  #moved(): void {
    this.#unsaved = 0;
    this.#output.moved();
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
