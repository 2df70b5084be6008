/** Server-sent events: the facts of the daemon as a stream of text (the HTML standard, 9.2). */

import { type Cursor, eventId, type EventLog, parseEventId } from "./event_log.ts";
import { RequestFailure } from "./failure.ts";

/** How many events to send at a time. */
const AT_A_TIME = 64;
/** After this long without an event a comment shows that the connection lives, in milliseconds. */
const HEARTBEAT = 15_000;
/** How long a browser waits before it connects again, in milliseconds. */
const RETRY = 1000;

/** What a stream needs. */
export interface EventStreamContext {
  readonly log: EventLog;
  /** Whether the daemon can be reached. */
  readonly isConnected: () => boolean;
}

/**
 * The body of an answer. It makes text only when the client takes it.
 *
 * @param lastId what the client has read, or `null`: from now on. Throws `RequestFailure` for another text than an
 * identifier
 */
export function eventStream(
  { log, isConnected }: EventStreamContext,
  lastId: string | null,
): ReadableStream<Uint8Array> {
  const id = lastId === null || lastId === "" ? undefined : parseEventId(lastId);
  if (id === undefined && lastId !== null && lastId !== "") {
    throw new RequestFailure(
      400,
      "bad-event-id",
      "Last-Event-ID should be the id of an event of this stream",
    );
  }
  // A position before everything: what is kept follows after a gap.
  let cursor: Cursor = id === undefined ? log.end : log.after(id) ?? -1;
  let told: boolean | undefined;
  let isOver = false;
  let cancelled: () => void = () => {};

  /** The next text, if there is one. */
  const take = (): string | undefined => {
    const parts: string[] = [];
    const connected = isConnected();
    if (told === undefined) parts.push(`retry: ${RETRY}\n\n`);
    if (told !== connected) parts.push(message("daemon", { connected }));
    told = connected;
    const { events, next, gap } = log.read(cursor, AT_A_TIME);
    if (gap) parts.push(message("gap", { kind: "gap" }));
    for (const event of events) parts.push(message(event.kind, event.document, eventId(event)));
    cursor = next;
    return parts.length === 0 ? undefined : parts.join("");
  };

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      let text = take();
      while (text === undefined && !isOver) {
        const { promise, resolve } = Promise.withResolvers<"late" | "over">();
        cancelled = () => resolve("over");
        const timer = setTimeout(() => resolve("late"), HEARTBEAT);
        const why = await Promise.race([log.changed, promise]);
        clearTimeout(timer);
        text = why === "late" ? ":\n\n" : take();
      }
      if (!isOver && text !== undefined) controller.enqueue(new TextEncoder().encode(text));
    },
    cancel() {
      isOver = true;
      cancelled();
    },
  }, { highWaterMark: 0 });
}

function message(name: string, data: unknown, id?: string): string {
  const first = id === undefined ? "" : `id: ${id}\n`;
  return `${first}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
