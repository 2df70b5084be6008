import type { EventRing, Fact, FactSink, NumberedFact } from "../../engine/mod.ts";
import type { Plain, SavedParts, StatePart, StateStore } from "../../model/saving.ts";

/** How many facts outlive the program. */
const SIZE = 50;

/** The last facts, in short, for the report of a fault; and the number of the last one, at which an heir continues. */
export class RecentFacts implements FactSink, StatePart {
  readonly name = "fact";
  readonly #store: StateStore;
  readonly #ring: EventRing;

  /** The facts are those of the ring. */
  constructor(store: StateStore, ring: EventRing) {
    this.#store = store;
    this.#ring = ring;
  }

  fact(fact: Fact): void {
    this.#ring.fact(fact);
    this.#store.changed(this, this.#ring.last % SIZE);
  }

  document(place: number): Plain | undefined {
    const { last } = this.#ring;
    const fact = this.#ring.get(last - ((last - place) % SIZE + SIZE) % SIZE);
    return fact && shortened(fact);
  }
}

function shortened(fact: NumberedFact): Plain {
  const { seq, at, kind } = fact;
  return "service" in fact ? [seq, at, kind, fact.service] : [seq, at, kind];
}

/** The facts in a saved state, oldest first: number, time, kind and service. */
export function savedFacts(parts: SavedParts): Plain[][] {
  const facts = [...parts.get("fact")?.values() ?? []].filter((fact) => Array.isArray(fact));
  return facts.sort(([a], [b]) => Number(a) - Number(b));
}

/** The number of the last fact; 0 if there was none. */
export function lastFact(parts: SavedParts): number {
  return Number(savedFacts(parts).at(-1)?.[0] ?? 0);
}
