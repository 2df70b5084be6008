import type { EventRing, Fact, FactSink, NumberedFact } from "../../engine/mod.ts";
import {
  number,
  object,
  type Plain,
  type SavedParts,
  type StatePart,
  type StateStore,
  text,
} from "../../model/saving.ts";

/** How many facts outlive the program. */
const SIZE = 50;

/**
 * The last facts: for the report of a fault, and for subscribers that come after it, or were away. An heir continues
 * with the number of the last one.
 */
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
    return fact && saved(fact);
  }
}

/** A fact as a document: the values of a fact are plain, except for an error. */
function saved(fact: NumberedFact): Plain {
  if (!("error" in fact) || fact.error === undefined) return fact as unknown as Plain;
  const { seq, at, time, kind } = fact;
  return { seq, at, time, kind, isShort: true };
}

const position = object<{ seq: number; at: number; time: number; kind: string }>({
  seq: number,
  at: number,
  time: number,
  kind: text,
});

/** The facts in a saved state, oldest first. */
export function savedFacts(parts: SavedParts): readonly Plain[] {
  const facts = [...parts.get("fact")?.values() ?? []];
  return facts.map((fact) => ({ fact, seq: position(fact, "fact").seq }))
    .sort((one, other) => one.seq - other.seq)
    .map(({ fact }) => fact);
}

/** How a ring of facts continues. */
export interface SavedRing {
  /** The number of the last fact; 0 if there was none. */
  readonly last: number;
  /** The last facts, as far back as they are complete. */
  readonly facts: readonly Fact[];
}

/** The ring in a saved state. Throws `SavedStateError`. */
export function savedRing(parts: SavedParts): SavedRing {
  const all = savedFacts(parts) as unknown as readonly (NumberedFact & { readonly isShort?: true })[]; // checked
  const last = all.at(-1)?.seq ?? 0;
  const whole = all.slice(all.findLastIndex(({ isShort }) => isShort) + 1);
  // Numbers without a gap up to the last one.
  const facts = whole.filter(({ seq }, index) => seq === last - (whole.length - 1 - index));
  return { last, facts: facts.length === whole.length ? facts.map(({ seq: _seq, ...fact }) => fact) : [] };
}
