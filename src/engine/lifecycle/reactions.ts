/** From the names of reactions in the table to what is done. */

import type { FactReporter } from "../facts.ts";
import type { PhaseKind } from "./phase.ts";
import { IMPOSSIBLE, NOTHING, PHASE_TABLE, type PhaseEvent, type Reaction } from "./phase_table.ts";
import type { ServiceRecord } from "../graph/record.ts";

type Handler = (service: ServiceRecord) => void;

/** What some of the reactions do. */
export type Reactions<Name extends Reaction> = Readonly<Record<Name, Handler>>;

/** The table with functions in place of names. */
type HandlerTable = Readonly<Record<PhaseKind, Readonly<Record<PhaseEvent, Handler>>>>;

/** Looks events up in the table, and does what it says. */
export class Reactor {
  readonly #table: HandlerTable;
  readonly #reporter: FactReporter;

  constructor(reactions: Reactions<Reaction>, reporter: FactReporter) {
    this.#reporter = reporter;
    const handlers = (row: (typeof PHASE_TABLE)[PhaseKind]) =>
      mapped(row, (reaction, event) => {
        if (reaction === NOTHING) return () => {};
        if (reaction === IMPOSSIBLE) return (service: ServiceRecord) => this.reportImpossible(service, event);
        return reactions[reaction];
      });
    this.#table = mapped(PHASE_TABLE, handlers);
  }

  /** Does what the table says about an event in the phase that the service is in. */
  react(service: ServiceRecord, event: PhaseEvent): void {
    this.#table[service.phase.kind][event](service);
  }

  /** Reports an event that cannot happen, with the names of the event and the phase. */
  reportImpossible(service: ServiceRecord, event: string): void {
    this.#reporter.report(service, { kind: "impossible-event", event, phase: service.phase.kind });
  }
}

function mapped<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  map: (from: From, key: Key) => To,
): Record<Key, To> {
  const keys = Object.keys(record) as Key[]; // a record has no other keys than those of its type
  return Object.fromEntries(keys.map((key) => [key, map(record[key], key)])) as Record<Key, To>;
}
