import { type JournalCopy, type openLibrary, SystemCallError } from "../../host/mod.ts";
import { MemoryFile } from "../../system/surviving.ts";

/** A copy of the journal in memory, which outlives the program as long as the process lives. */
export class StateMemory implements JournalCopy {
  readonly #file: MemoryFile;
  readonly #warn: (text: string) => void;
  /** Why the last change was not saved; `undefined`: it was. */
  problem: string | undefined;

  /** Throws `SystemCallError`. */
  constructor(library: ReturnType<typeof openLibrary>, warn: (text: string) => void) {
    this.#file = new MemoryFile(library, "dinit state");
    this.#warn = warn;
  }

  /** The descriptor; it never changes. */
  get descriptor(): number {
    return this.#file.fd;
  }

  append(lines: Uint8Array<ArrayBuffer>): boolean {
    return this.#attempt(() => this.#file.append(lines));
  }

  replace(lines: Uint8Array<ArrayBuffer>): void {
    this.#attempt(() => this.#file.replace(lines));
  }

  #attempt(write: () => void): boolean {
    try {
      write();
      this.problem = undefined;
      return true;
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      const isNew = this.problem === undefined;
      this.problem = `cannot save the state of dinit: ${error.message}`;
      if (isNew) this.#warn(`${this.problem}; until that works, a fault of dinit may end services`);
      return false;
    }
  }
}
