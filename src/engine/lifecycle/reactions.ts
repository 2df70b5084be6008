/** Maps the names of reactions in the table to functions. */

import type { Reporter } from "../facts.ts";
import type { PhaseKind } from "./phase.ts";
import { IMPOSSIBLE, NOTHING, PHASE_TABLE, type PhaseEvent, type Reaction } from "./phase_table.ts";
import type { ServiceRecord } from "../graph/record.ts";

type Handler = (service: ServiceRecord) => void;

/** The functions of some reactions. */
export type Reactions<Name extends Reaction> = Readonly<Record<Name, Handler>>;

/** The table with functions instead of names. */
type HandlerTable = Readonly<Record<PhaseKind, Readonly<Record<PhaseEvent, Handler>>>>;

/** Looks up events in the table, and performs the reaction. */
export class Reactor {
  readonly #table: HandlerTable;
  readonly #reporter: Reporter;

  constructor(reactions: Reactions<Reaction>, reporter: Reporter) {
    this.#reporter = reporter;
    const handlers = (row: (typeof PHASE_TABLE)[PhaseKind]) =>
      mapped(row, (reaction, event) => {
        if (reaction === NOTHING) return () => {};
        if (reaction === IMPOSSIBLE) return (service: ServiceRecord) => this.reportImpossible(service, event);
        return reactions[reaction];
      });
    this.#table = mapped(PHASE_TABLE, handlers);
  }

  /** Performs the table's reaction to an event in the current phase of the service. */
  react(service: ServiceRecord, event: PhaseEvent): void {
    this.#table[service.phase.kind][event](service);
  }

  /** Reports an impossible event, with the names of the event and the phase. */
  reportImpossible(service: ServiceRecord, event: string): void {
    this.#reporter.report(service, { kind: "impossible-event", event, phase: service.phase.kind });
  }
}

function mapped<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  map: (from: From, key: Key) => To,
): Record<Key, To> {
  const keys = Object.keys(record) as Key[]; // a record has only the keys of its type
  return Object.fromEntries(keys.map((key) => [key, map(record[key], key)])) as Record<Key, To>;
}
