import type { ExitStatus } from "../../model/mod.ts";

/** How many ends are remembered: more than come between the end of a daemon and that of the program that started it. */
const REMEMBERED = 64;

/**
 * How orphans ended that belonged to no service. One of them may turn out to be the process that a pid file names: a
 * daemon that died before the program that started it has ended.
 */
export class OrphanEnds {
  readonly #ends = new Map<number, ExitStatus>();

  /** An orphan has been reaped. */
  add(pid: number, exit: ExitStatus): void {
    this.#ends.delete(pid); // a later process of the same number counts as new
    this.#ends.set(pid, exit);
    if (this.#ends.size > REMEMBERED) this.#ends.delete(this.#ends.keys().next().value!); // it is not empty
  }

  /** How a process ended, if that is remembered; it is forgotten now. */
  take(pid: number): ExitStatus | undefined {
    const exit = this.#ends.get(pid);
    this.#ends.delete(pid);
    return exit;
  }
}
