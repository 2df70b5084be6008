/** What a daemon and its prober say to each other: JSON documents, one a line. */

import { flag, number, object, oneOf, or, text } from "../../model/saving.ts";
import { documentIn } from "../line_documents.ts";

/**
 * An order of the daemon.
 *
 * - `probe`: perform a check; the answer is a `result` with the same number
 * - `drop`: the result of the check with this number does not matter any more; there is no answer
 */
export interface ProbeOrder {
  readonly order: "probe" | "drop";
  readonly number: number;
  /** `http`: the target is a URL (`health-http`); `tcp`: an address (`health-tcp`). */
  readonly way: "http" | "tcp";
  readonly target: string;
  /** The time limit, in milliseconds. */
  readonly limit: number;
}

/** What the prober says. `ready`: it waits for orders. */
export interface ProbeSaying {
  readonly said: "ready" | "result";
  readonly number: number;
  readonly healthy: boolean;
  /** How that shows: `503`, `db.internal: unknown host`. */
  readonly how: string;
}

const order = object<ProbeOrder>({
  order: oneOf<ProbeOrder["order"]>(["probe", "drop"]),
  number,
  way: or(oneOf<ProbeOrder["way"]>(["http", "tcp"]), "tcp"),
  target: or(text, ""),
  limit: or(number, 0),
});

const saying = object<ProbeSaying>({
  said: oneOf<ProbeSaying["said"]>(["ready", "result"]),
  number: or(number, 0),
  healthy: or(flag, false),
  how: or(text, ""),
});

/** The order in a line; `undefined`: the line is none. */
export function probeOrderIn(line: string): ProbeOrder | undefined {
  return documentIn(line, order);
}

/** What the prober says in a line; `undefined`: nothing. */
export function probeSayingIn(line: string): ProbeSaying | undefined {
  return documentIn(line, saying);
}

/** The line for an order. */
export function probeOrderLine(given: Pick<ProbeOrder, "order" | "number"> & Partial<ProbeOrder>): string {
  return JSON.stringify(given);
}

/** The line for what the prober says. */
export function probeSayingLine(said: Pick<ProbeSaying, "said"> & Partial<ProbeSaying>): string {
  return JSON.stringify(said);
}
