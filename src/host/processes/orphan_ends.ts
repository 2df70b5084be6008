import type { ExitStatus } from "../../model/mod.ts";

/** How many exits to remember: more than occur between the end of a daemon and that of the program that started it. */
const REMEMBERED = 64;

/**
 * The exits of orphans that belonged to no service. A pid file may name one of them: the daemon died before the program
 * that started it ended.
 */
export class OrphanEnds {
  readonly #ends = new Map<number, ExitStatus>();

  /** An orphan has been reaped. */
  add(pid: number, exit: ExitStatus): void {
    this.#ends.delete(pid); // a later process with the same number counts as new
    this.#ends.set(pid, exit);
    if (this.#ends.size > REMEMBERED) this.#ends.delete(this.#ends.keys().next().value!); // it is not empty
  }

  /** How a process ended, if that is known; this removes the entry. */
  take(pid: number): ExitStatus | undefined {
    const exit = this.#ends.get(pid);
    this.#ends.delete(pid);
    return exit;
  }
}
