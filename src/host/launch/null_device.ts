/** `/dev/null`, as the standard input and output of processes that need neither. */

import { type Files, O, SystemCallError } from "../../system/mod.ts";

const PATH = "/dev/null";

/** Opened at once. On a machine that boots it may not exist yet; then it is opened when it is needed. */
export class NullDevice {
  readonly #files: Files;
  #input: number | undefined;
  #output: number | undefined;

  constructor(files: Files) {
    this.#files = files;
    try {
      this.#input = this.input;
      this.#output = this.output;
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
    }
  }

  /** For reading. Throws `SystemCallError`. */
  get input(): number {
    return this.#input ??= this.#files.open(PATH, O.RDONLY);
  }

  /** For writing. Throws `SystemCallError`. */
  get output(): number {
    return this.#output ??= this.#files.open(PATH, O.WRONLY | O.APPEND);
  }

  close(): void {
    for (const fd of [this.#input, this.#output]) if (fd !== undefined) this.#files.close(fd);
    this.#input = this.#output = undefined;
  }
}
