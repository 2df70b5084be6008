/** Notices that a service writes what it watches, so that it would restart for ever. Pure. */

/** A change this soon after the launch may be the work of the service itself, in milliseconds. */
const SOON = 2000;
/** This many restarts in a row because of the same file are no coincidence. */
const ROUNDS = 5;

/** Counts restarts that follow from each other. */
export class Feedback {
  #path = "";
  #rounds = 0;

  /**
   * A change leads to a restart.
   *
   * @param path The first file that has changed.
   * @param age How long the process ran until then, in milliseconds.
   * @returns Whether the service restarts itself.
   */
  note(path: string, age: number): boolean {
    if (age > SOON) this.#rounds = 0;
    else if (path === this.#path) this.#rounds += 1;
    else this.#rounds = 1;
    this.#path = path;
    return this.#rounds >= ROUNDS;
  }
}
