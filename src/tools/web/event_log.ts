/**
 * The last facts of the daemon, for all readers of streams. A reader has only a position, so one that does not read
 * costs no memory: it falls behind, and continues after a gap.
 */

/** A fact in the log. */
export interface LoggedEvent {
  /** `fact`, or `gap`: facts before this one are missing. */
  readonly kind: "fact" | "gap";
  /** The number of the fact, from the daemon. */
  readonly seq: number;
  /** Which run of the daemon has numbered it. */
  readonly origin: number;
  /** The daemon's document. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** The position of a reader: how many events of this log it has passed. */
export type Cursor = number;

/** How many events to keep: as many as the daemon. */
const KEPT = 1000;

/** Keeps events and wakes their readers. */
export class EventLog {
  readonly #kept: number;
  readonly #events: LoggedEvent[] = [];
  /** How many events there were. The event with the index `i` is at the place `i % kept`. */
  #count = 0;
  #changed = Promise.withResolvers<void>();
  readonly #counts = new Map<string, number>();

  /** @param kept how many events to keep. @default 1000 */
  constructor(kept: number = KEPT) {
    this.#kept = kept;
  }

  /** How many facts of each kind there were. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** The position after the last event. */
  get end(): Cursor {
    return this.#count;
  }

  /** The kept events, oldest first. */
  get kept(): LoggedEvent[] {
    return this.#between(this.#first, this.#count);
  }

  get #first(): number {
    return Math.max(0, this.#count - this.#kept);
  }

  /** Adds an event. */
  add(event: LoggedEvent): void {
    this.#events[this.#count % this.#kept] = event;
    this.#count += 1;
    const kind = event.kind === "gap" ? "gap" : String(event.document.kind);
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    this.wake();
  }

  /** Wakes all readers that wait, because something else has changed. */
  wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Resolves at the next event or `wake`. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  /** The position after the event of an identifier; `undefined` if events after it are no longer known. */
  after(id: EventId): Cursor | undefined {
    if (id.seq === 0 && this.#count === 0) return 0;
    const kept = this.kept;
    const isBehind = (event: LoggedEvent) =>
      (id.origin === undefined || event.origin === id.origin) && event.seq > id.seq;
    const isAt = (event: LoggedEvent) =>
      (id.origin === undefined || event.origin === id.origin) && event.seq === id.seq;
    const at = kept.findLastIndex(isAt);
    if (at !== -1) return this.#first + at + 1;
    // The event itself is not kept, but the one directly behind it.
    const next = kept.findIndex((event) =>
      isBehind(event) && event.seq === id.seq + 1 && event.kind === "fact"
    );
    return next === -1 ? undefined : this.#first + next;
  }

  /** The events from a position on, at most `limit`. `gap`: some are no longer kept. */
  read(
    from: Cursor,
    limit: number,
  ): { readonly events: LoggedEvent[]; readonly next: Cursor; readonly gap: boolean } {
    const begin = Math.max(from, this.#first);
    const next = Math.min(this.#count, begin + limit);
    return { events: this.#between(begin, next), next, gap: begin > from };
  }

  #between(begin: number, end: number): LoggedEvent[] {
    const events: LoggedEvent[] = [];
    for (let index = begin; index < end; index++) events.push(this.#events[index % this.#kept]);
    return events;
  }
}

/** What a client remembers of the last event that it has read. */
export interface EventId {
  readonly seq: number;
  /** `undefined`: the client knows only the number. */
  readonly origin: number | undefined;
}

/** The identifier of an event for clients: `SEQ.ORIGIN`. */
export function eventId({ seq, origin }: Pick<LoggedEvent, "seq" | "origin">): string {
  return `${seq}.${origin}`;
}

/** Reads an identifier; `undefined` for another text. A number alone is an identifier without origin. */
export function parseEventId(text: string): EventId | undefined {
  const [, seq, origin] = /^(\d{1,15})(?:\.(\d{1,16}))?$/.exec(text) ?? [];
  return seq === undefined
    ? undefined
    : { seq: Number(seq), origin: origin === undefined ? undefined : Number(origin) };
}
