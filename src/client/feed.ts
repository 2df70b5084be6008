/** The sources of a stream's events: facts that the daemon numbers, or the events of open handles. */

import type { ProcessEnd, ServiceInfo, StopReasonName } from "./service_info.ts";

/** The kinds of changes of a service. */
export type ServiceChangeKind = "started" | "stopped" | "start-failed" | "start-cancelled" | "stop-cancelled";

/** Further details from a daemon with numbered facts. */
export interface FactDetails {
  /** When it happened. @default absent, the daemon does not say */
  readonly at?: Date;
  /** The daemon's document of the fact: docs/control-protocol.md, EVENT. @default absent, the daemon sends no facts */
  readonly document?: Readonly<Record<string, unknown>>;
}

/** A change of a service. */
export interface ServiceChange extends FactDetails {
  /** Distinguishes a change from other items of a stream. */
  readonly kind: "service";
  /** The number of the event: `since` of a later stream. */
  readonly seq: number;
  /** The full name of the service. */
  readonly service: string;
  /** The change. */
  readonly event: ServiceChangeKind;
  /** Why it stopped last. @default absent, with daemons of protocol 1 to 4 */
  readonly reason?: StopReasonName;
  /** The process id. @default absent, it has no process */
  readonly pid?: number;
  /** How its last process ended. @default absent, none has ended, or it has one */
  readonly exit?: ProcessEnd;
  /** The service directly after it. @default absent, with daemons that number their facts, and of protocol 1 to 4 */
  readonly status?: ServiceInfo;
}

/** Another fact, such as a step of a start. Only daemons that number their facts send it. */
export interface DaemonFact extends Required<FactDetails> {
  /** Distinguishes a fact from other items of a stream. */
  readonly kind: "fact";
  /** The number of the fact: `since` of a later stream. */
  readonly seq: number;
  /** The full name of its service. @default absent, it is about no loaded service */
  readonly service?: string;
  /** The kind of the fact, such as `phase` or `process-ended`. Later versions may add kinds. */
  readonly fact: string;
}

/** Events may be missing here: the program should look at the services again. */
export interface EventGap {
  /** Distinguishes a gap from other items of a stream. */
  readonly kind: "gap";
  /** The number of the last event that may be missing: `since` of a later stream. */
  readonly seq: number;
}

/** One item of an `EventStream`. */
export type ClientEvent = ServiceChange | DaemonFact | EventGap;

/** The position in a stream. Plain data, so that a program can store it and continue later. */
export interface EventPosition {
  /** Identifies the run of the daemon to which the number belongs. 0: unknown. */
  readonly origin: number;
  /** The number of the last event. */
  readonly seq: number;
}

/** The options of a feed. */
export interface FeedOptions {
  /** The full names of services. `undefined`: all. */
  readonly services: readonly string[] | undefined;
  /** `undefined`: from now on. */
  readonly since: EventPosition | undefined;
  /** Whether to include facts that are no changes. */
  readonly facts: boolean;
}

/** Receives the events of a feed. */
export interface FeedSink {
  put(event: ClientEvent): void;
  /** Nothing more will come. */
  fail(error: unknown): void;
}

/** A source of events, from the moment when it is created. */
export interface Feed {
  /** Resolves when the stream contains everything from then on. Rejects if that is not possible. */
  readonly ready: Promise<void>;
  /** The last event that the daemon has sent, selected or not. */
  readonly position: EventPosition;
  close(): Promise<void>;
}
