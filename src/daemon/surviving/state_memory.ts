import { type JournalCopy, type openLibrary, SystemCallError } from "../../host/mod.ts";
import { MemoryFile } from "../../system/surviving.ts";

/** A copy of the journal in memory, which outlives the program as long as the process lives. */
export class StateMemory implements JournalCopy {
  readonly #file: MemoryFile;
  readonly #warn: (text: string) => void;
  #isFailing = false;

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
      this.#isFailing = false;
      return true;
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      const remedy = "until that works, a fault of dinit may end services";
      if (!this.#isFailing) this.#warn(`cannot save the state of dinit: ${error.message}; ${remedy}`);
      this.#isFailing = true;
      return false;
    }
  }
}
