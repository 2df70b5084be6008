import type { Fact, FactSink } from "./facts.ts";

/** How many facts to keep: at about 300 bytes each, 300 KB. */
const DEFAULT_SIZE = 1000;

/** A fact with its number. Numbers begin with 1 and have no gaps. */
export type NumberedFact = Fact & { readonly seq: number };

/** The facts after a certain number. */
export interface FactsSince {
  /** Some facts after the requested number are no longer kept. */
  readonly gap: boolean;
  /** The facts, oldest first. */
  readonly facts: readonly NumberedFact[];
}

/** How to make a ring. */
export interface EventRingOptions {
  /** How many facts to keep, at least 1. @default 1000 */
  readonly size?: number;
  /** The number of the last fact so far, at least the number of `facts`. @default the number of `facts` */
  readonly last?: number;
  /** The last facts so far, oldest first. @default none */
  readonly facts?: readonly Fact[];
}

/**
 * The last facts of an engine, for readers that come later or were away. Keeping a fact costs one write into an array;
 * it gets its number when it is read.
 */
export class EventRing implements FactSink {
  readonly #size: number;
  /** The fact with the number `seq` is at the place `seq % size`. */
  readonly #facts: Fact[] = [];
  readonly #followers = new Set<(fact: NumberedFact) => void>();
  #last = 0;
  /** The number of the oldest fact that this ring was given. */
  #oldest = 1;

  /** An empty ring, or one that continues with the facts of an earlier one. */
  constructor({ size = DEFAULT_SIZE, last, facts = [] }: EventRingOptions = {}) {
    this.#size = size;
    this.#last = (last ?? facts.length) - facts.length;
    for (const fact of facts) this.fact(fact);
    this.#oldest = this.#last - facts.length + 1;
  }

  /** The kept facts, oldest first; with `last`, an `EventRing` can continue with them. */
  saved(): Fact[] {
    const facts: Fact[] = [];
    for (let seq = this.first; seq <= this.#last; seq++) facts.push(this.#facts[seq % this.#size]);
    return facts;
  }

  /** The number of the last fact; 0 if there was none yet. */
  get last(): number {
    return this.#last;
  }

  /** The number of the oldest kept fact, or of the next one if none is kept. */
  get first(): number {
    return Math.max(this.#oldest, this.#last - this.#size + 1);
  }

  fact(fact: Fact): void {
    this.#last += 1;
    this.#facts[this.#last % this.#size] = fact;
    if (this.#followers.size === 0) return;
    const numbered = { seq: this.#last, ...fact };
    for (const follower of this.#followers) follower(numbered);
  }

  /** The fact with the number `seq`; `undefined` if it is not kept any more, or there was none yet. */
  get(seq: number): NumberedFact | undefined {
    const fact = seq >= this.first && seq <= this.#last ? this.#facts[seq % this.#size] : undefined;
    return fact && { seq, ...fact };
  }

  /** The facts after the one with the number `seq`, oldest first; with 0, all that are kept. */
  since(seq: number): FactsSince {
    const first = Math.max(seq + 1, this.first);
    const facts: NumberedFact[] = [];
    for (let next = first; next <= this.#last; next++) {
      facts.push({ seq: next, ...this.#facts[next % this.#size] });
    }
    // A number that was never used comes from another daemon.
    return { gap: first > seq + 1 || seq > this.#last, facts };
  }

  /**
   * From now on the follower receives each fact, synchronously; it must not call the engine. Returns a function that
   * ends this.
   */
  follow(follower: (fact: NumberedFact) => void): () => void {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }
}
