/** From the names of reactions in the table to what is done. */

import type { EngineLog } from "./ports.ts";
import { IMPOSSIBLE, NOTHING, PHASE_TABLE, type PhaseEvent, type Reaction } from "./phase_table.ts";
import type { ServiceRecord } from "./service.ts";

/** What some of the reactions do. */
export type Reactions<Name extends Reaction> = Readonly<Record<Name, (service: ServiceRecord) => void>>;

/** Looks events up in the table, and does what it says. */
export class Reactor {
  readonly #reactions: Reactions<Reaction>;
  readonly #log: Pick<EngineLog, "message">;

  constructor(reactions: Reactions<Reaction>, log: Pick<EngineLog, "message">) {
    this.#reactions = reactions;
    this.#log = log;
  }

  /** Does what the table says about an event in the phase that the service is in. */
  react(service: ServiceRecord, event: PhaseEvent): void {
    const reaction = PHASE_TABLE[service.phase.kind][event];
    if (reaction === NOTHING) return;
    if (reaction === IMPOSSIBLE) this.reportImpossible(service, event);
    else this.#reactions[reaction](service);
  }

  /** Logs an event that cannot happen, with the names of the event and the phase. */
  reportImpossible(service: ServiceRecord, event: string): void {
    const text = `internal error: event ${event} for service ${service.name} in phase ${service.phase.kind}`;
    this.#log.message("error", text);
  }
}
