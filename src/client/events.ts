/** What happens to services, as a stream. */

import { Request } from "../control/wire/mod.ts";
import { unlessAborted } from "./abort.ts";
import { Arrivals } from "./arrivals.ts";
import type { ClientEvent, EventPosition, Feed } from "./feed.ts";
import { HandleFeed } from "./handle_feed.ts";
import type { Handles } from "./handles.ts";
import { SubscriptionFeed, SUBSCRIPTIONS_VERSION } from "./subscription_feed.ts";

export type {
  ClientEvent,
  DaemonFact,
  EventGap,
  EventPosition,
  FactDetails,
  ServiceChange,
  ServiceChangeKind,
} from "./feed.ts";

/** Which events a stream has. */
export interface EventOptions {
  /**
   * The full names of services, which are loaded if need be. @default all; with dinit, all that are loaded when the
   * stream begins
   */
  readonly services?: readonly string[];
  /**
   * How far the program has read: the `seq` of the last event that it has seen, or better the `position` of the stream
   * that it read, which also tells a daemon that was started again. The stream goes on behind it. Where events of that
   * time are not to be had any more, it begins with a gap. @default the stream begins now
   */
  readonly since?: number | EventPosition;
  /**
   * Whether other facts than changes are wanted, too, such as the steps on the way of a service. dinit tells none.
   * @default false
   */
  readonly facts?: boolean;
  /** Ends the stream; the loop throws its reason. @default nothing does */
  readonly signal?: AbortSignal;
}

/** How many events wait for a slow reader at most: then the oldest are dropped, and a gap stands for them. */
const WAITING_LIMIT = 10_000;

/**
 * Events of services, in order, for a `for await` loop. It begins when it is made, not with the loop, and ends with the
 * loop, with `close` or with `await using`. The loop throws `ControlError` when the connection ends.
 *
 * This daemon numbers its events and keeps the last 1,000, so that a stream can go on where an earlier one, of another
 * connection, has ended. dinit does not: there `seq` counts the events of one stream, a stream with `since` begins with
 * a gap, nobody else can reload or unload the services while it is open, and what this client reloads leaves a gap.
 */
export class EventStream implements AsyncIterableIterator<ClientEvent>, AsyncDisposable {
  /** Resolves when the stream watches all its services: what happens from then on is in it. Rejects if it cannot. */
  readonly ready: Promise<void>;
  readonly #handles: Handles;
  readonly #signal: AbortSignal | undefined;
  readonly #feed: Feed;
  readonly #events = new Arrivals<ClientEvent>();
  readonly #since: EventPosition | undefined;
  #read: EventPosition | undefined;
  #failure: unknown;
  #closed = false;

  /** @ignore `Client.events` and `Service.events` make them. */
  constructor(handles: Handles, { services, since, facts = false, signal }: EventOptions) {
    this.#handles = handles;
    this.#signal = signal;
    const from = typeof since === "number" ? { origin: 0, seq: since } : since;
    if (from !== undefined && !(Number.isSafeInteger(from.seq) && from.seq >= 0)) {
      throw new RangeError(`since must be a whole number from 0 on, and is ${from.seq}`);
    }
    this.#since = from;
    const sink = {
      put: (event: ClientEvent) => this.#put(event),
      fail: (error: unknown) => this.#fail(error),
    };
    const isNumbered = handles.client.extensionsVersion >= SUBSCRIPTIONS_VERSION;
    this.#feed = new (isNumbered ? SubscriptionFeed : HandleFeed)(
      handles,
      { services, since: from, facts },
      sink,
    );
    this.ready = this.#feed.ready;
    this.ready.catch((error) => this.#fail(error));
    void handles.client.closed.then(() => this.#fail(undefined));
  }

  /** How far the program has read, once the stream is ready: `since` of a later stream, also of another connection. */
  get position(): EventPosition {
    const { position } = this.#feed;
    const [next] = this.#events.waiting;
    if (next === undefined) return position;
    return this.#read ?? this.#since ?? { ...position, seq: next.seq - 1 };
  }

  /** The next event, as soon as there is one. */
  async next(): Promise<IteratorResult<ClientEvent, undefined>> {
    const event = await unlessAborted(this.#events.next(), this.#signal).catch(async (reason) => {
      await this.close();
      throw reason;
    });
    if (event !== undefined) {
      this.#read = { ...this.#feed.position, seq: event.seq };
      return { done: false, value: event };
    }
    if (this.#closed) return { done: true, value: undefined };
    await this.close();
    if (this.#failure !== undefined) throw this.#failure;
    await this.#handles.client.request({ type: Request.QUERYVERSION }); // it tells how the connection has ended
    return { done: true, value: undefined };
  }

  /** Ends the stream: what a `for await` loop does when it is left. */
  async return(): Promise<IteratorResult<ClientEvent, undefined>> {
    await this.close();
    return { done: true, value: undefined };
  }

  /** Ends the stream. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#events.end();
    await this.#feed.close();
  }

  /** The stream itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends the stream. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #put(event: ClientEvent): void {
    if (this.#closed) return;
    if (this.#events.waiting.length >= WAITING_LIMIT) {
      this.#events.clear();
      this.#events.add({ kind: "gap", seq: event.seq - 1 });
    }
    this.#events.add(event);
  }

  /** Nothing more will come. */
  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#events.end();
  }
}
