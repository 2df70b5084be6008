/** The facts that the daemon numbers and keeps, by a subscription (docs/control-protocol.md, SUBSCRIBE). */

import {
  ControlError,
  type ControlErrorFacts,
  Reply,
  Request,
  SUBSCRIBE_FROM_NOW,
  SUBSCRIBE_NAMES_LIMIT,
} from "../control/wire/mod.ts";
import { encodeBytes } from "../model/bytes.ts";
import { type ExitStatus, waitStatusOf } from "../model/exit_status.ts";
import { isValidServiceName } from "../model/names.ts";
import { StopReason } from "../model/states.ts";
import { unexpectedReply } from "./control_client.ts";
import { LoadFailedError } from "./errors.ts";
import type { ClientEvent, EventPosition, Feed, FeedOptions, FeedSink, ServiceChangeKind } from "./feed.ts";
import type { Handles } from "./handles.ts";
import { processEnd, stopReasonName } from "./service_info.ts";

/** The first version of the extensions with subscriptions. */
export const SUBSCRIPTIONS_VERSION = 2;

/** The facts that events of handles also report. */
const CHANGES: ReadonlyMap<string, ServiceChangeKind> = new Map([
  ["started", "started"],
  ["stopped", "stopped"],
  ["failed", "start-failed"],
  ["start-cancelled", "start-cancelled"],
  ["stop-cancelled", "stop-cancelled"],
]);

/** Facts of the daemon, including those of services that are loaded later. It holds no handles. */
export class SubscriptionFeed implements Feed {
  readonly ready: Promise<void>;
  position: EventPosition;
  readonly #handles: Handles;
  readonly #sink: FeedSink;
  readonly #facts: boolean;
  /** The services to select here, because the daemon does not. `undefined`: any. */
  #chosen: ReadonlySet<string> | undefined;
  #subscription: number | undefined;
  #closed = false;

  constructor(handles: Handles, options: FeedOptions, sink: FeedSink) {
    this.#handles = handles;
    this.#sink = sink;
    this.#facts = options.facts;
    this.position = options.since ?? { origin: 0, seq: 0 };
    this.ready = this.#begin(options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#subscription === undefined) return;
    const { client } = this.#handles;
    const subscription = this.#subscription;
    this.#subscription = undefined;
    client.subscribers.delete(subscription);
    await client.request({ type: Request.UNSUBSCRIBE, subscription }).catch(() => {});
  }

  /** The request is sent at once, so the stream includes the effects of later requests. */
  async #begin({ services: wanted, since }: FeedOptions): Promise<void> {
    const services = wanted ?? [];
    const bad = services.find((name) => !isValidServiceName(name) || name.includes("\0"));
    if (bad !== undefined) throw new LoadFailedError(bad, "bad-name");
    const fits = encodeBytes(services.map((name) => `${name}\0`).join("")).length <= SUBSCRIBE_NAMES_LIMIT;
    // A request without names selects all services.
    if (!fits || wanted?.length === 0) this.#chosen = new Set(services);
    const { client } = this.#handles;
    const reply = await client.request({
      type: Request.SUBSCRIBE,
      flags: since === undefined ? SUBSCRIBE_FROM_NOW : 0,
      since: since?.seq ?? 0,
      origin: since?.origin ?? 0,
      services: fits ? services : [],
    });
    if (reply.type !== Reply.SUBSCRIBED) throw unexpectedReply(reply);
    const { origin, last, subscription } = reply;
    if (since === undefined) this.position = { origin, seq: last };
    this.#subscription = subscription;
    if (this.#closed) return await this.close();
    client.subscribers.set(subscription, (json) => this.#take(json, origin));
    await Promise.all(services.map((name) => this.#handles.use(name, true, () => Promise.resolve())));
  }

  #take(json: string, origin: number): void {
    try {
      const event = clientEvent(JSON.parse(json));
      this.position = { origin, seq: event.seq };
      if (this.#isWanted(event)) this.#sink.put(event);
    } catch (cause) {
      this.#sink.fail(cause instanceof ControlError ? cause : badEvent({ cause }));
    }
  }

  #isWanted(event: ClientEvent): boolean {
    if (event.kind === "fact" && !this.#facts) return false;
    if (this.#chosen === undefined || event.kind === "gap") return true;
    return event.service !== undefined && this.#chosen.has(event.service);
  }
}

function badEvent(facts: ControlErrorFacts = {}): ControlError {
  return new ControlError("protocol", "The daemon sent an event that cannot be understood", facts);
}

/** The event in a document of the daemon. Throws `ControlError`. */
function clientEvent(document: unknown): ClientEvent {
  if (typeof document !== "object" || document === null) throw badEvent();
  const { kind, first, seq, at, service, reason, pid, exit } = document as Readonly<Record<string, unknown>>;
  if (kind === "gap" && typeof first === "number") return { kind: "gap", seq: first - 1 };
  if (typeof kind !== "string" || typeof seq !== "number" || typeof at !== "string") throw badEvent();
  const details = { at: new Date(at), document: document as Readonly<Record<string, unknown>> };
  const event = CHANGES.get(kind);
  if (event !== undefined && typeof service === "string") {
    // A service that has started again still has the exit status of its earlier process.
    const isOver = exit !== undefined && pid === undefined;
    const end = isOver ? processEnd(waitStatusOf(exit as ExitStatus)) : undefined;
    return {
      kind: "service",
      seq,
      service,
      event,
      reason: stopReasonName(StopReason[reason as keyof typeof StopReason] ?? -1),
      ...(typeof pid === "number" ? { pid } : {}),
      ...(end === undefined ? {} : { exit: end }),
      ...details,
    };
  }
  return { kind: "fact", seq, ...(typeof service === "string" ? { service } : {}), fact: kind, ...details };
}
