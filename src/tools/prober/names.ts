import { lookup } from "node:dns";

/** Looks up a name: all addresses, or an error with a `code`. The C library decides how: `hosts`, DNS and others. */
export type Lookup = (name: string) => Promise<readonly string[]>;

/**
 * Looks names up. A look-up cannot be given up, and each one keeps a thread of the runtime until the resolver answers.
 * So there is only one of each name at a time, and checks of the same name share it.
 */
export class Names {
  readonly #lookup: Lookup;
  readonly #pending = new Map<string, Promise<readonly string[]>>();

  /** @param find looks one name up. @default the C library does */
  constructor(find: Lookup = lookedUp) {
    this.#lookup = find;
  }

  /** The addresses of a host, at least one. Rejects with an error that has a `code`. */
  addresses(name: string): Promise<readonly string[]> {
    const pending = this.#pending.get(name) ??
      this.#lookup(name).finally(() => this.#pending.delete(name));
    this.#pending.set(name, pending);
    return pending;
  }
}

function lookedUp(name: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    lookup(name, { all: true }, (error, found) => {
      if (error === null) resolve(found.map(({ address }) => address));
      else reject(error);
    });
  });
}
