/** A queue of things that arrive, in order of arrival, for a reader that may come later. */
export class Arrivals<T> {
  readonly #items: T[] = [];
  #ended = false;
  #arrival = Promise.withResolvers<void>();

  /** Adds a thing. */
  add(item: T): void {
    this.#items.push(item);
    this.#arrival.resolve();
  }

  /** Nothing more will arrive. */
  end(): void {
    this.#ended = true;
    this.#arrival.resolve();
  }

  /** Drops everything that was not taken. */
  clear(): void {
    this.#items.length = 0;
  }

  /** The things that were not taken yet. */
  get waiting(): readonly T[] {
    return this.#items;
  }

  /** Takes the next thing when it arrives; `undefined` at the end. */
  async next(): Promise<T | undefined> {
    while (this.#items.length === 0 && !this.#ended) {
      this.#arrival = Promise.withResolvers();
      await this.#arrival.promise;
    }
    return this.#items.shift();
  }
}
