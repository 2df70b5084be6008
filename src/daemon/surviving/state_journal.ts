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
  /** Replaces all lines of state by one. */
  replace(line: string): void;
}

/** Write the whole state again when the lines have grown to this size, in characters, and have doubled since. */
const COMPACT_AT = 512 * 1024;
const COMPACT_GROWTH = 2;

/** Writes each step to all places. */
export class StateJournal implements StateStore {
  readonly #places: StatePlace[] = [];
  /** The documents that exist, by part. */
  readonly #known = new Map<StatePart, Set<number>>();
  /** The documents that have changed in this step. */
  #changed = new Map<StatePart, Set<number>>();
  #depth = 0;
  #step: number;
  #size = 0;
  #compactAt = COMPACT_AT;

  /** Continues after the step of an earlier program. @default 0 */
  constructor({ after = 0 } = {}) {
    this.#step = after;
  }

  /** From now on writes to this place, too, beginning with the whole state. */
  addPlace(place: StatePlace): void {
    this.#places.push(place);
    place.replace(this.completeLine());
  }

  changed(part: StatePart, number: number): void {
    const numbers = this.#changed.get(part);
    if (numbers === undefined) this.#changed.set(part, new Set([number]));
    else numbers.add(number);
    if (this.#depth === 0) this.#commit();
  }

  step<T>(work: () => T): T {
    this.#depth += 1;
    try {
      const result = work();
      if (this.#depth === 1) this.#commit();
      return result;
    } catch (error) {
      if (this.#depth === 1) this.#changed.clear();
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  /** The line with the whole state as it is now. It must not be called inside a step. */
  completeLine(): string {
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
    if (this.#changed.size === 0) return;
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
    this.#size += line.length;
    if (this.#size > this.#compactAt) this.#compact();
    else for (const place of this.#places) place.append(line);
  }

  #note(part: StatePart, number: number, exists: boolean): void {
    const numbers = this.#known.get(part) ?? new Set<number>();
    this.#known.set(part, numbers);
    if (exists) numbers.add(number);
    else numbers.delete(number);
  }

  #compact(): void {
    const line = this.completeLine();
    for (const place of this.#places) place.replace(line);
    this.#size = line.length;
    this.#compactAt = Math.max(COMPACT_AT, COMPACT_GROWTH * line.length);
  }
}
