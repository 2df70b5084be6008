/** Where a stream of events gets its events from: facts that the daemon numbers, or the events of open handles. */

import type { ProcessEnd, ServiceInfo, StopReasonName } from "./service_info.ts";

/** What can happen to a service. */
export type ServiceChangeKind = "started" | "stopped" | "start-failed" | "start-cancelled" | "stop-cancelled";

/** What a daemon with numbered facts tells besides. */
export interface FactDetails {
  /** When it happened. @default absent, the daemon does not tell */
  readonly at?: Date;
  /** The fact as the daemon sent it: docs/control-protocol.md, EVENT. @default absent, the daemon sends no facts */
  readonly document?: Readonly<Record<string, unknown>>;
}

/** Something happened to a service. */
export interface ServiceChange extends FactDetails {
  /** Tells a change from other items of a stream. */
  readonly kind: "service";
  /** The number of the event: `since` of a later stream. */
  readonly seq: number;
  /** The full name of the service. */
  readonly service: string;
  /** What happened. */
  readonly event: ServiceChangeKind;
  /** Why it stopped last. @default absent, with daemons of protocol 1 to 4 */
  readonly reason?: StopReasonName;
  /** The process id. @default absent, it has no process */
  readonly pid?: number;
  /** How its last process ended. @default absent, none has ended, or it has one */
  readonly exit?: ProcessEnd;
  /** The service right after it. @default absent, with daemons that number their facts, and of protocol 1 to 4 */
  readonly status?: ServiceInfo;
}

/** Something else happened, such as a step on the way of a service. Only daemons that number their facts tell it. */
export interface DaemonFact extends Required<FactDetails> {
  /** Tells a fact from other items of a stream. */
  readonly kind: "fact";
  /** The number of the fact: `since` of a later stream. */
  readonly seq: number;
  /** The full name of the service that it is about. @default absent, it is about none that is loaded */
  readonly service?: string;
  /** What happened, such as `phase` or `process-ended`. New ones may be added. */
  readonly fact: string;
}

/** Events may be missing here: the program should look at the services again. */
export interface EventGap {
  /** Tells a gap from other items of a stream. */
  readonly kind: "gap";
  /** The number of the last event that may be missing: `since` of a later stream. */
  readonly seq: number;
}

/** One item of an `EventStream`. */
export type ClientEvent = ServiceChange | DaemonFact | EventGap;

/** How far a stream has got. Plain data, so that a program can store it and go on later. */
export interface EventPosition {
  /** Tells the numbers of one run of the daemon from those of another. 0: not known. */
  readonly origin: number;
  /** The number of the last event. */
  readonly seq: number;
}

/** What is wanted of a feed. */
export interface FeedOptions {
  /** The full names of services. `undefined`: all. */
  readonly services: readonly string[] | undefined;
  /** `undefined`: from now on. */
  readonly since: EventPosition | undefined;
  /** Whether facts that are no changes are wanted, too. */
  readonly facts: boolean;
}

/** Takes what a feed brings. */
export interface FeedSink {
  put(event: ClientEvent): void;
  /** Nothing more will come. */
  fail(error: unknown): void;
}

/** A source of events, from the moment that it is made. */
export interface Feed {
  /** Resolves when what happens from now on is in the stream. Rejects if it cannot be. */
  readonly ready: Promise<void>;
  /** How far the daemon has sent events, whether they are wanted or not. */
  readonly position: EventPosition;
  close(): Promise<void>;
}
