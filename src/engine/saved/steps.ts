import type { StateStore } from "../../model/saving.ts";

/** Performs the calls of the public face, each as one step of the saved state. */
export class Steps {
  readonly #store: StateStore;
  readonly #broken: ((error: unknown) => void) | undefined;
  #isBroken = false;

  /** `broken` receives the first error of a step. */
  constructor(store: StateStore, broken: ((error: unknown) => void) | undefined) {
    this.#store = store;
    this.#broken = broken;
  }

  /** All changes of the work become valid together, or an error has broken the engine, and none of them does. */
  whole<Result>(work: () => Result): Result {
    try {
      return this.#store.step(work);
    } catch (error) {
      if (!this.#isBroken) {
        this.#isBroken = true;
        this.#broken?.(error);
      }
      throw error;
    }
  }

  /** The same for work that throws an error of one kind in the ordinary course: it is thrown, and breaks nothing. */
  refusable<Result, Refusal extends Error>(
    kind: abstract new (...facts: never[]) => Refusal,
    work: () => Result,
    refused?: (refusal: Refusal) => void,
  ): Result {
    const outcome = this.whole((): { readonly result: Result } | { readonly refusal: Refusal } => {
      try {
        return { result: work() };
      } catch (refusal) {
        if (!(refusal instanceof kind)) throw refusal;
        refused?.(refusal);
        return { refusal };
      }
    });
    if ("refusal" in outcome) throw outcome.refusal;
    return outcome.result;
  }
}
