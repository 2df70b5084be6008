/** A store that keeps the current documents in memory, as a journal keeps them in a file. */

import type { Plain, SavedParts, StatePart, StateStore } from "../../src/model/saving.ts";

/** Collects the documents of an engine. */
export class FakeStore implements StateStore {
  /** The current documents, by part and number. */
  readonly #documents = new Map<string, Map<number, Plain>>();
  readonly #changed = new Map<StatePart, Set<number>>();
  #depth = 0;
  #failed = false;
  /** How many steps with changes became valid. */
  commits = 0;
  /** How many documents were made. */
  made = 0;
  /** The parts that changed outside of a step. Each such change counts as one step. */
  readonly outside: string[] = [];

  changed(part: StatePart, number: number): void {
    const numbers = this.#changed.get(part);
    if (numbers === undefined) this.#changed.set(part, new Set([number]));
    else numbers.add(number);
    if (this.#depth > 0) return;
    // A test that builds services does so without a step.
    this.outside.push(part.name);
    this.#commit();
  }

  step<T>(work: () => T): T {
    this.#depth += 1;
    try {
      const result = work();
      if (this.#depth === 1) this.#commit();
      return result;
    } catch (error) {
      this.#failed = true;
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  #commit(): void {
    if (this.#failed) return;
    if (this.#changed.size > 0) this.commits += 1;
    for (const [part, numbers] of this.#changed) {
      const kept = this.#documents.get(part.name) ?? new Map<number, Plain>();
      this.#documents.set(part.name, kept);
      for (const number of numbers) {
        const document = part.document(number);
        this.made += 1;
        if (document === undefined) kept.delete(number);
        else kept.set(number, document);
      }
    }
    this.#changed.clear();
  }

  /** What another program reads. */
  parts(): SavedParts {
    return new Map([...this.#documents].map(([part, documents]) => [
      part,
      new Map(
        [...documents].sort(([a], [b]) => a - b).map((
          [number, document],
        ) => [number, JSON.parse(JSON.stringify(document))]),
      ),
    ]));
  }

  /** All documents as lines of text, to compare them. */
  lines(): string[] {
    return linesOf(this.#documents);
  }

  /** The size of the documents of a part, in bytes. */
  size(part: string): number {
    const documents = [...this.#documents.get(part)?.values() ?? []];
    return documents.reduce((sum: number, document) => sum + JSON.stringify(document).length, 0);
  }
}

/** Documents as lines of text: `service 3 {…}`. */
export function linesOf(parts: SavedParts): string[] {
  return [...parts].flatMap(([part, documents]) =>
    [...documents].map(([number, document]) => `${part} ${number} ${JSON.stringify(document)}`)
  ).sort();
}
