/** What a daemon and the keeper of its logs say to each other: JSON documents, one a line. */

import { flag, listOf, number, object, oneOf, optional, or, text } from "../../model/saving.ts";
import type { LogFormat, LogStamps } from "../../model/description.ts";
import { documentIn } from "../line_documents.ts";

/** A descriptor of the daemon, and the number of what it leads to. */
export interface DaemonDescriptor {
  readonly fd: number;
  readonly inode: number;
}

/** How to keep the log of one service. */
export interface KeptLogOrder {
  /** The id of the service. */
  readonly id: number;
  readonly pipe: DaemonDescriptor;
  readonly stage: DaemonDescriptor;
  /** Relative to the working directory of the daemon. */
  readonly path: string;
  readonly permissions: number;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** In bytes; 0: no limit. */
  readonly maxSize: number;
  /** In milliseconds; 0: no limit. */
  readonly maxAge: number;
  readonly keep: number;
  /** In bytes; 0: no limit. */
  readonly keepSize: number;
  readonly compress: boolean;
  readonly stamps: LogStamps;
  readonly format: LogFormat;
  /** Lines a second; 0: no limit. */
  readonly rateLimit: number;
  /** When the log began, for `elapsed`, in milliseconds since 1970. */
  readonly since: number;
}

/**
 * An order of the daemon.
 *
 * - `keep`: keep `log`, or keep it in another way
 * - `only`: leave all logs whose ids are not among `ids`, because an earlier daemon may have ordered more
 * - `leave`: write what a log still gets, and leave it; the answer is `left`
 * - `rotate`: begin another file; the answer is `rotated`
 * - `sync`: write what a log has got so far; the answer is `synced`, with the same number
 * - `finish`: write everything, and end
 */
export interface Order {
  readonly order: "keep" | "only" | "leave" | "rotate" | "sync" | "finish";
  readonly id: number;
  readonly number: number;
  readonly ids: readonly number[];
  readonly log: KeptLogOrder | undefined;
  /** The process whose descriptors `log` names. */
  readonly daemon: number;
}

/**
 * What the keeper says. `ready`: it waits for orders; `problem`: a line for the daemon's log; `finished`: everything is
 * written, and it ends.
 */
export interface Saying {
  readonly said: "ready" | "problem" | "left" | "rotated" | "synced" | "finished";
  readonly id: number;
  readonly number: number;
  /** The problem, or why a log was not rotated; empty if it was. */
  readonly text: string;
  /** The release of the keeper. */
  readonly version: string;
}

const descriptor = object<DaemonDescriptor>({ fd: number, inode: number });

const keptLog = object<KeptLogOrder>({
  id: number,
  pipe: descriptor,
  stage: descriptor,
  path: text,
  permissions: number,
  uid: optional(number),
  gid: optional(number),
  maxSize: number,
  maxAge: number,
  keep: number,
  keepSize: number,
  compress: flag,
  stamps: oneOf<LogStamps>(["no", "iso", "elapsed"]),
  format: oneOf<LogFormat>(["text", "json"]),
  rateLimit: number,
  since: number,
});

const order = object<Order>({
  order: oneOf<Order["order"]>(["keep", "only", "leave", "rotate", "sync", "finish"]),
  id: or(number, 0),
  number: or(number, 0),
  ids: or(listOf(number), []),
  log: optional(keptLog),
  daemon: or(number, 0),
});

const saying = object<Saying>({
  said: oneOf<Saying["said"]>(["ready", "problem", "left", "rotated", "synced", "finished"]),
  id: or(number, 0),
  number: or(number, 0),
  text: or(text, ""),
  version: or(text, ""),
});

/** The order in a line; `undefined`: the line is none, such as the rest of one that a fault has cut off. */
export function orderIn(line: string): Order | undefined {
  return documentIn(line, order);
}

/** What the keeper says in a line; `undefined`: nothing. */
export function sayingIn(line: string): Saying | undefined {
  return documentIn(line, saying);
}

/** The line for an order. */
export function orderLine(given: Pick<Order, "order"> & Partial<Order>): string {
  return JSON.stringify(given);
}

/** The line for what the keeper says. */
export function sayingLine(said: Pick<Saying, "said"> & Partial<Saying>): string {
  return JSON.stringify(said);
}
