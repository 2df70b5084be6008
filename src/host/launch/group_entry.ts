/** Where the program is through which processes enter their control groups. */

import { type Architecture, entryProgram, type MemoryFiles, SystemCallError } from "../../system/mod.ts";

/** The program as a file in memory, which exists from its first use on. */
export class GroupEntry {
  readonly #files: MemoryFiles;
  readonly #architecture: Architecture;
  /** `null`: there is no file, as this machine does not allow it. */
  #fd: number | null | undefined;

  constructor(files: MemoryFiles, architecture: Architecture) {
    this.#files = files;
    this.#architecture = architecture;
  }

  /** The path under which a new process executes it; `undefined` if that is not possible. */
  get path(): string | undefined {
    if (this.#fd === undefined) this.#fd = this.#make();
    return this.#fd === null ? undefined : `/proc/self/fd/${this.#fd}`;
  }

  #make(): number | null {
    try {
      const fd = this.#files.createExecutable("control group entry");
      this.#files.writeAt(fd, entryProgram(this.#architecture), 0);
      return fd;
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      return null;
    }
  }
}
