/** One row of the table of paths: what it answers, and how it is described to programs. */

import type { Client } from "../../client/library.ts";
import type { ControlClient } from "../../client/mod.ts";
import type { FiguresReading } from "../../insight/mod.ts";
import type { KnownSystem } from "../../client/steps.ts";
import type { EventLog } from "./event_log.ts";
import { RequestFailure } from "./failure.ts";

/** What answers are made from. */
export interface WebSources {
  readonly events: EventLog;
  /** Whether the daemon can be reached now. */
  isConnected(): boolean;
  /** The connections. Throws `RequestFailure` while the daemon cannot be reached. */
  connection(): { readonly control: ControlClient; readonly client: Client };
  /** The daemon and its services now. */
  snapshot(): Promise<KnownSystem>;
  /** The figures of the processes of a snapshot, about now. */
  figures(system: KnownSystem): FiguresReading;
  /** Milliseconds since 1970. */
  now(): number;
}

/** A request to one route. */
export interface RouteRequest {
  readonly sources: WebSources;
  readonly headers: Headers;
  /** The value in the place of `{name}`; empty if the path has none. */
  readonly name: string;
  readonly query: URLSearchParams;
  /** Whether commands are refused. */
  readonly readOnly: boolean;
}

/** A parameter behind the question mark. */
export interface RouteParameter {
  readonly name: string;
  readonly text: string;
  readonly type: "string" | "integer" | "boolean";
}

/** A path with a method. */
export interface Route {
  readonly method: "GET" | "POST";
  /** Below the root; `{name}` stands for one part. */
  readonly path: string;
  /** In one line, without a full stop. */
  readonly summary: string;
  /** @default none */
  readonly parameters?: readonly RouteParameter[];
  /** The type of the content. @default "application/json" */
  readonly type?: string;
  /** Answers without the token. @default false */
  readonly isPublic?: boolean;
  /** A value for a JSON answer, or an answer. Rejects with `RequestFailure`, or with an error of the client. */
  answer(request: RouteRequest): unknown;
}

/** Whether a parameter is given and not `0` or `false`. */
export function isOn(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value !== "0" && value !== "false";
}

/** A whole number from `least` to `most`. Throws `RequestFailure` for anything else. */
export function numberOf(
  query: URLSearchParams,
  name: string,
  { least, most, other }: { readonly least: number; readonly most: number; readonly other: number },
): number {
  const text = query.get(name);
  if (text === null) return other;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (number >= least && number <= most) return number;
  throw new RequestFailure(400, "bad-parameter", `${name} should be a whole number from ${least} to ${most}`);
}
