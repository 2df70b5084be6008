/** The facts of the engine for the subscribers of the control server. */

import type { EventSource } from "../control/server/mod.ts";
import type { EventRing, NumberedFact } from "../engine/mod.ts";
import { eventDocument } from "../log/mod.ts";

/** Gives the facts of a ring as documents. */
export class FactSource implements EventSource {
  readonly #ring: EventRing;
  /** The last document, because all subscribers get it one after the other. */
  #made = { seq: 0, document: "" };

  readonly origin: number;

  /** `origin` identifies the numbers of the ring. */
  constructor(ring: EventRing, origin: number) {
    this.#ring = ring;
    this.origin = origin;
  }

  get first(): number {
    return this.#ring.first;
  }

  get last(): number {
    return this.#ring.last;
  }

  get(seq: number): NumberedFact | undefined {
    return this.#ring.get(seq);
  }

  follow(follower: (fact: NumberedFact) => void): () => void {
    return this.#ring.follow(follower);
  }

  /** A service that could not be loaded has no record in the engine: the error names it. */
  serviceOf(fact: NumberedFact): string | undefined {
    if ("service" in fact) return fact.service;
    return fact.kind === "load-failed" ? fact.error.service : undefined;
  }

  document(fact: NumberedFact): string {
    if (this.#made.seq !== fact.seq) this.#made = { seq: fact.seq, document: eventDocument(fact) };
    return this.#made.document;
  }
}
