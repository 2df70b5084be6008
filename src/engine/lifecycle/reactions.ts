/** Maps the names of reactions in the table to functions. */

import type { FactReporter } from "../facts.ts";
import type { PhaseKind } from "./phase.ts";
import {
  IMPOSSIBLE,
  type LifecycleReaction,
  NOTHING,
  PHASE_TABLE,
  type PhaseEvent,
  type PhaseRow,
  type ProcessReaction,
  type Reaction,
} from "./phase_table.ts";
import type { ServiceRecord } from "../graph/record.ts";

/** Does something about a service because of an event. */
export type Handler = (service: ServiceRecord) => void;

/** The functions of some reactions. */
export type Reactions<Name extends Reaction> = Readonly<Record<Name, Handler>>;

/** The table with functions instead of names. */
type HandlerTable = Readonly<Record<PhaseKind, Readonly<Record<PhaseEvent, Handler>>>>;

/** Looks up events in the table, and performs the reaction. */
export class Reactor {
  readonly #table: HandlerTable;
  readonly #reporter: FactReporter;

  /**
   * @param shared What all types of services do.
   * @param own What a service does because of its type. A reaction that it has not makes the event impossible.
   */
  constructor(
    shared: Reactions<LifecycleReaction>,
    own: (service: ServiceRecord) => Partial<Reactions<ProcessReaction>>,
    reporter: FactReporter,
  ) {
    this.#reporter = reporter;
    const ofAll: Partial<Reactions<Reaction>> = shared;
    const ofType: (service: ServiceRecord) => Partial<Reactions<Reaction>> = own;
    const handler = (reaction: PhaseRow[PhaseEvent], event: PhaseEvent): Handler => {
      const impossible: Handler = (service) => this.reportImpossible(service, event);
      if (reaction === IMPOSSIBLE) return impossible;
      if (reaction === NOTHING) return () => {};
      return ofAll[reaction] ?? ((service) => (ofType(service)[reaction] ?? impossible)(service));
    };
    this.#table = mapped(PHASE_TABLE, (row) => mapped(row, handler));
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
