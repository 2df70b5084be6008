/** The events of services, as a stream. */

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

/** The options of a stream. */
export interface EventOptions {
  /**
   * The full names of services, which are loaded if necessary. @default all; with dinit, all that are loaded when the
   * stream begins
   */
  readonly services?: readonly string[];
  /**
   * The position from which to continue: the `seq` of the last event that the program has read. Better is the
   * `position` of the earlier stream, which also detects a restarted daemon. If events after this position are no
   * longer kept, the stream begins with a gap. @default the stream begins now
   */
  readonly since?: number | EventPosition;
  /**
   * Whether to include facts that are no changes, such as the steps of a start. dinit sends none.
   * @default false
   */
  readonly facts?: boolean;
  /** Ends the stream; the loop throws its reason. @default nothing does */
  readonly signal?: AbortSignal;
}

/** How many events may wait for a slow reader: beyond that, the oldest are dropped, and a gap replaces them. */
const WAITING_LIMIT = 10_000;

/**
 * Events of services in order, for a `for await` loop. The stream begins when it is made, not with the loop. It ends
 * with the loop, with `close` or with `await using`. The loop throws `ControlError` when the connection ends.
 *
 * This daemon numbers its events and keeps the last 1,000, so that a stream can continue where an earlier one ended,
 * also over another connection. dinit does not: `seq` counts the events of one stream, and a stream with `since` begins
 * with a gap. While it is open, other clients cannot reload or unload the services, and a reload by this client leaves
 * a gap.
 */
export class EventStream implements AsyncIterableIterator<ClientEvent>, AsyncDisposable {
  /** Resolves when the stream watches all its services: it contains all events from then on. Rejects if it cannot. */
  readonly ready: Promise<void>;
  readonly #handles: Handles;
  readonly #signal: AbortSignal | undefined;
  readonly #feed: Feed;
  readonly #events = new Arrivals<ClientEvent>();
  readonly #since: EventPosition | undefined;
  #read: EventPosition | undefined;
  #failure: unknown;
  #closed = false;

  /** @ignore `Client.events` and `Service.events` create them. */
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

  /**
   * How far the program has read, once the stream is ready: `since` of a later stream, also over another connection.
   */
  get position(): EventPosition {
    const { position } = this.#feed;
    const [next] = this.#events.waiting;
    if (next === undefined) return position;
    return this.#read ?? this.#since ?? { ...position, seq: next.seq - 1 };
  }

  /** The next event, when it arrives. */
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
    await this.#handles.client.request({ type: Request.QUERYVERSION }); // reports how the connection has ended
    return { done: true, value: undefined };
  }

  /** Ends the stream, as when a `for await` loop ends. */
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
