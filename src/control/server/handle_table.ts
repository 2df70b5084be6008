/** The handles of one connection (control protocol 11). */

import { LimitError } from "../../model/mod.ts";
import type { ControlledService } from "./controlled_manager.ts";

/** Numbers for services. A new handle gets the lowest free number; a service may have several. */
export class HandleTable {
  readonly #slots: ({ readonly service: ControlledService; serial: number } | undefined)[] = [];
  readonly #limit: number;
  #count = 0;
  /** All numbers below this one are in use. */
  #lowest = 0;

  /** `limit`: the largest number of handles. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many handles there are. */
  get count(): number {
    return this.#count;
  }

  /** Throws `LimitError`. */
  open(service: ControlledService): number {
    while (this.#slots[this.#lowest] !== undefined) this.#lowest++;
    const handle = this.#lowest;
    if (handle >= this.#limit) {
      throw new LimitError(`A control connection cannot have more than ${this.#limit} handles`);
    }
    this.#slots[handle] = { service, serial: 0 };
    this.#count += 1;
    return handle;
  }

  /** Opens a handle with this number, which must be free. */
  restore(handle: number, service: ControlledService): void {
    this.#slots[handle] = { service, serial: 0 };
    this.#count += 1;
  }

  /** The services with a handle; a service with several handles appears several times. */
  services(): Iterable<ControlledService> {
    return this.#slots.values().filter((slot) => slot !== undefined).map(({ service }) => service);
  }

  get(handle: number): ControlledService | undefined {
    return this.#slots[handle]?.service;
  }

  /** Notes the number of the saved document of an open handle. */
  save(handle: number, serial: number): void {
    const slot = this.#slots[handle];
    if (slot !== undefined) slot.serial = serial;
  }

  /** The number of the saved document; 0: none. */
  serial(handle: number): number {
    return this.#slots[handle]?.serial ?? 0;
  }

  /** The open handles. */
  *handles(): Iterable<number> {
    for (const [handle, slot] of this.#slots.entries()) if (slot !== undefined) yield handle;
  }

  /** Frees all numbers. */
  clear(): void {
    this.#slots.length = 0;
    this.#count = 0;
    this.#lowest = 0;
  }

  /** Frees a number that is in use. */
  close(handle: number): void {
    this.#slots[handle] = undefined;
    this.#count -= 1;
    this.#lowest = Math.min(this.#lowest, handle);
  }
}
