import { type Files, type MemoryFiles, SystemCallError } from "../../system/mod.ts";
import { BufferFile, type BufferStorage } from "./buffer_storage.ts";
import type { BufferStorages } from "./log_buffers.ts";

/** Keeps log buffers in files in memory, so that they survive a fault of the program. */
export class BufferFiles implements BufferStorages {
  readonly #files: Files;
  readonly #memory: MemoryFiles;
  readonly changed: (id: number) => void;

  constructor(files: Files, memory: MemoryFiles, changed: (id: number) => void) {
    this.#files = files;
    this.#memory = memory;
    this.changed = changed;
  }

  create(size: number): BufferStorage | undefined {
    try {
      return new BufferFile(this.#memory, this.#memory.create("dinit log"), size);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      return undefined; // too little memory, too many open files, or an old kernel: the output does not survive
    }
  }

  /** The state names the file until the current step ends. */
  drop(storage: BufferStorage): void {
    if (storage instanceof BufferFile) queueMicrotask(() => this.#files.close(storage.fd));
  }
}
