/**
 * The journal of state: what all rooms have saved, always current. Each step is one line, which is written when the
 * step ends. `state_text.ts` describes the lines.
 */

import type { StatePart, StateStore } from "../../model/saving.ts";
import { changeText, stepLine } from "./state_text.ts";

/** Where lines are kept. Calls never throw: a place that cannot be written reports that itself, and catches up later. */
export interface StatePlace {
  /** Adds a line. */
  append(line: string): void;
  /**
   * From now on keeps the lines. It begins with the line that `complete` gives, and when the lines have grown, it may
   * replace them by another such line: `complete` gives none in the middle of a step.
   */
  keepState(complete: () => string | undefined): void;
}

/** Writes each step to all places. */
export class StateJournal implements StateStore {
  readonly #places: StatePlace[] = [];
  /** The documents that exist, by part. */
  readonly #known = new Map<StatePart, Set<number>>();
  /** The documents that have changed in this step. */
  #changed = new Map<StatePart, Set<number>>();
  #depth = 0;
  /** A step has failed: nothing becomes valid any more. */
  #isBroken = false;
  #step: number;

  /** Continues after the step of an earlier program. @default 0 */
  constructor({ after = 0 } = {}) {
    this.#step = after;
  }

  /** From now on writes to this place, too, beginning with the whole state. */
  addPlace(place: StatePlace): void {
    place.keepState(() => this.#depth === 0 && !this.#isBroken ? this.#completeLine() : undefined);
    this.#places.push(place);
  }

  changed(part: StatePart, number: number): void {
    if (this.#isBroken) return;
    const numbers = this.#changed.get(part);
    if (numbers === undefined) this.#changed.set(part, new Set([number]));
    else numbers.add(number);
    if (this.#depth === 0) this.#commit();
  }

  step<T>(work: () => T): T {
    this.#depth += 1;
    let result: T;
    try {
      result = work();
    } catch (error) {
      this.#isBroken = true;
      throw error;
    } finally {
      this.#depth -= 1;
    }
    if (this.#depth === 0) this.#commit();
    return result;
  }

  /** From now on the places have no state: what the memory has cannot be trusted, and nobody restores a valid state. */
  abandon(): void {
    this.#isBroken = true;
    for (const place of this.#places) place.keepState(() => "");
  }

  #completeLine(): string {
    const changes: string[] = [];
    for (const [part, numbers] of this.#known) {
      for (const number of numbers) {
        const document = part.document(number);
        if (document !== undefined) changes.push(changeText(part.name, number, document));
      }
    }
    return stepLine(this.#step, changes.join(","), { complete: true });
  }

  #commit(): void {
    if (this.#changed.size === 0 || this.#isBroken) return;
    const changed = this.#changed;
    this.#changed = new Map();
    let changes = "";
    for (const [part, numbers] of changed) {
      for (const number of numbers) {
        const document = part.document(number);
        this.#note(part, number, document !== undefined);
        changes += `${changes === "" ? "" : ","}${changeText(part.name, number, document)}`;
      }
    }
    this.#step += 1;
    const line = stepLine(this.#step, changes);
    for (const place of this.#places) place.append(line);
  }

  #note(part: StatePart, number: number, exists: boolean): void {
    const numbers = this.#known.get(part) ?? new Set<number>();
    this.#known.set(part, numbers);
    if (exists) numbers.add(number);
    else numbers.delete(number);
  }
}
