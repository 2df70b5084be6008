interface Entry<Value> {
  readonly key: string;
  readonly at: number;
  /** Of two entries with one time, the older one is first. */
  readonly serial: number;
  readonly value: Value;
}

/** Values by key, in the order of their times: a binary heap. Entries that were replaced or deleted are left in it. */
export class Deadlines<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  #heap: Entry<Value>[] = [];
  #serial = 0;

  /** Sets a value and its time, in place of an earlier one with the key. */
  set(key: string, at: number, value: Value): void {
    const entry = { key, at, serial: this.#serial++, value };
    this.#entries.set(key, entry);
    this.#clean();
    this.#rise(this.#heap.push(entry) - 1);
  }

  /** Deletes what has the key, if there is something. */
  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** The earliest time; `undefined` if there is nothing. */
  get next(): number | undefined {
    return this.#first()?.at;
  }

  /** Takes the earliest value, if its time is not after `now`. */
  due(now: number): Value | undefined {
    const first = this.#first();
    if (first === undefined || first.at > now) return undefined;
    this.#entries.delete(first.key);
    return first.value;
  }

  #first(): Entry<Value> | undefined {
    for (;;) {
      const [first] = this.#heap;
      if (first === undefined || this.#entries.get(first.key) === first) return first;
      const last = this.#heap.pop()!; // there is at least the first
      if (this.#heap.length > 0) {
        this.#heap[0] = last;
        this.#sink(0);
      }
    }
  }

  /** Drops what is left over when it is more than what counts. */
  #clean(): void {
    if (this.#heap.length < 16 || this.#heap.length < 2 * this.#entries.size) return;
    const valid = [...this.#entries.values()];
    this.#heap = valid.sort((one, other) => isFirst(one, other) ? -1 : 1); // a sorted list is a heap
  }

  #rise(place: number): void {
    const heap = this.#heap;
    const entry = heap[place];
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!isFirst(entry, heap[above])) break;
      heap[place] = heap[above];
      place = above;
    }
    heap[place] = entry;
  }

  #sink(place: number): void {
    const heap = this.#heap;
    const entry = heap[place];
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isFirst(heap[below + 1], heap[below])) below++;
      if (!isFirst(heap[below], entry)) break;
      heap[place] = heap[below];
      place = below;
    }
    heap[place] = entry;
  }
}

function isFirst(one: Entry<unknown>, other: Entry<unknown>): boolean {
  return one.at === other.at ? one.serial < other.serial : one.at < other.at;
}
