/** The handles of one connection (control protocol 11). */

import type { ControlledService } from "./controlled_manager.ts";

/** A client wants more handles than one connection can have. */
export class HandleLimitError extends Error {
  override readonly name = "HandleLimitError";

  constructor(limit: number) {
    super(`A control connection cannot have more than ${limit} handles`);
  }
}

/** Numbers for services. A new handle takes the lowest number that is free; a service may have several. */
export class HandleTable {
  readonly #slots: (ControlledService | undefined)[] = [];
  readonly #limit: number;
  /** No number below this one is free. */
  #lowest = 0;

  /** `limit`: how many handles there can be. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Throws `HandleLimitError`. */
  open(service: ControlledService): number {
    while (this.#slots[this.#lowest] !== undefined) this.#lowest++;
    const handle = this.#lowest;
    if (handle >= this.#limit) throw new HandleLimitError(this.#limit);
    this.#slots[handle] = service;
    return handle;
  }

  get(handle: number): ControlledService | undefined {
    return this.#slots[handle];
  }

  /** Frees a number that is in use. */
  close(handle: number): void {
    this.#slots[handle] = undefined;
    this.#lowest = Math.min(this.#lowest, handle);
  }
}
