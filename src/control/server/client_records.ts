/** The saved state of all clients, as parts of numbered documents (docs/surviving.md). */

import type { Plain, StatePart, StateStore } from "../../model/saving.ts";

/** A part whose documents get increasing numbers. Without a store it keeps nothing. */
class SerialPart implements StatePart {
  readonly name: string;
  readonly #store: StateStore | undefined;
  readonly #makers = new Map<number, () => Plain>();
  #next = 1;

  constructor(name: string, store: StateStore | undefined) {
    this.name = name;
    this.#store = store;
  }

  /** The next number. */
  get next(): number {
    return this.#next;
  }

  /** Adds a document, and returns its number; 0 without a store. `make` gives its current value. */
  add(make: () => Plain): number {
    if (this.#store === undefined) return 0;
    const number = this.#next;
    this.restore(number, make);
    return number;
  }

  /** Adds a document with the number that it had in another program. */
  restore(number: number, make: () => Plain): void {
    if (this.#store === undefined) return;
    this.reserve(number + 1);
    this.#makers.set(number, make);
    this.#store.changed(this, number);
  }

  /** From now on new numbers are at least this one. */
  reserve(next: number): void {
    this.#next = Math.max(this.#next, next);
  }

  /** The document has changed. */
  changed(number: number): void {
    this.#store?.changed(this, number);
  }

  /** Removes a document. */
  remove(number: number): void {
    if (this.#makers.delete(number)) this.#store?.changed(this, number);
  }

  document(number: number): Plain | undefined {
    return this.#makers.get(number)?.();
  }
}

/** The numbers of the documents of a client. */
export interface LostClient {
  readonly number: number;
  readonly output: readonly { readonly serial: number }[];
  readonly session: {
    readonly handles: readonly { readonly serial: number }[];
    readonly subscriptions: readonly { readonly serial: number }[];
  };
}

/** The parts of the state of all clients. */
export class ClientRecords {
  /** A connection. */
  readonly clients: SerialPart;
  /** An open handle: connection, handle, id of the service. Their numbers are in the order of opening. */
  readonly handles: SerialPart;
  /** A subscription: connection, number, services. */
  readonly subscriptions: SerialPart;
  /** Output that was not written yet: connection, bytes. */
  readonly output: SerialPart;
  readonly #store: StateStore | undefined;

  /** `store`: `undefined` saves nothing. */
  constructor(store: StateStore | undefined) {
    this.#store = store;
    this.clients = new SerialPart("client", store);
    this.handles = new SerialPart("handle", store);
    this.subscriptions = new SerialPart("subscription", store);
    this.output = new SerialPart("output-to-client", store);
  }

  /** Removes the documents of a client of another program, which does not continue. */
  forget({ number, output, session: { handles, subscriptions } }: LostClient): void {
    this.step(() => {
      this.clients.changed(number); // there is no value, so the document goes
      for (const { serial } of output) this.output.changed(serial);
      for (const { serial } of handles) this.handles.changed(serial);
      for (const { serial } of subscriptions) this.subscriptions.changed(serial);
    });
  }

  /** Whether anything is saved. */
  get isSaving(): boolean {
    return this.#store !== undefined;
  }

  /** All changes of the work become valid together. */
  step<T>(work: () => T): T {
    return this.#store === undefined ? work() : this.#store.step(work);
  }
}
