/** Things that arrive while nobody waits for them, in the order of their arrival. */
export class Arrivals<T> {
  readonly #items: T[] = [];
  #ended = false;
  #arrival = Promise.withResolvers<void>();

  /** Something arrived. */
  add(item: T): void {
    this.#items.push(item);
    this.#arrival.resolve();
  }

  /** Nothing more will arrive. */
  end(): void {
    this.#ended = true;
    this.#arrival.resolve();
  }

  /** Forgets what nobody has taken. */
  clear(): void {
    this.#items.length = 0;
  }

  /** What has arrived and was not taken. */
  get waiting(): readonly T[] {
    return this.#items;
  }

  /** Takes the next thing, as soon as there is one; `undefined` when there will be none. */
  async next(): Promise<T | undefined> {
    while (this.#items.length === 0 && !this.#ended) {
      this.#arrival = Promise.withResolvers();
      await this.#arrival.promise;
    }
    return this.#items.shift();
  }
}
