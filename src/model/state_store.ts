/**
 * How a room of the daemon saves its part of the state, so that another process can continue: after an upgrade, after a
 * fault of the program, and after a kill.
 *
 * State consists of documents: small plain values, each with a number in a part of the state, such as the process 4711
 * in the part `process`. A room says which of its documents have changed. The store asks for the new value when the
 * current step ends, so a document that changes ten times in one step is made and written once.
 */

import type { Plain } from "./plain.ts";

/** A part of the state, with the documents of one room. */
export interface StatePart {
  /** The name, unique among all parts: lower case, such as `process`. */
  readonly name: string;
  /** The current document with this number; `undefined` if there is none any more. It is not called inside a step. */
  document(number: number): Plain | undefined;
}

/** Receives the changes of state. Calls return at once and never throw. */
export interface StateStore {
  /** The document has changed, appeared or disappeared. Outside of a step, it is saved at once. */
  changed(part: StatePart, number: number): void;
  /**
   * Does work whose changes become valid together: after a fault, all of them have happened, or none. A step inside
   * another step is part of it.
   *
   * An error that the work throws is a bug, and may leave the memory half changed. So nothing of the outermost step
   * becomes valid, even if code in between catches the error, nothing later does either, and the error is thrown. The
   * program must continue from the last valid state. Work that can fail in the ordinary course returns its failure.
   */
  step<T>(work: () => T): T;
}

/**
 * The version of the format of all documents. A program refuses a newer version. Missing fields have defaults and
 * unknown fields are ignored, so a new field needs no new version.
 */
export const STATE_VERSION = 1;

/** Saves nothing. */
export const NO_STATE_STORE: StateStore = {
  changed() {},
  step: (work) => work(),
};

/** Saved documents by part and number, in the order of their numbers. A missing part has no documents. */
export type SavedParts = ReadonlyMap<string, ReadonlyMap<number, Plain>>;
