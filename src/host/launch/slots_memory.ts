import type { Plain, StatePart, StateStore } from "../../model/saving.ts";
import { type Files, type Library, Memory, SharedMemory, SystemCallError } from "../../system/mod.ts";

/** Memory for the slots of launches, and its document: a later program in the same process finds the contents. */
export class SlotsMemory implements StatePart {
  readonly name = "slots";
  readonly memory: Memory;
  readonly #saved: { readonly fd: number; readonly inode: number } | undefined;

  /** @param isSaved whether somebody saves the document */
  constructor(library: Library, files: Files, size: number, isSaved: boolean) {
    const shared = isSaved ? sharedMemory(library, size) : undefined;
    const inode = shared === undefined ? undefined : files.inodeOf(shared.fd, "file");
    if (shared === undefined || inode === undefined) {
      this.memory = Memory.reserve(library, size);
      return;
    }
    this.memory = new Memory(library, shared.address, size);
    this.#saved = { fd: shared.fd, inode };
  }

  document(): Plain | undefined {
    return this.#saved === undefined ? undefined : { ...this.#saved };
  }

  /** Gives the document to the store. */
  save(store: StateStore): void {
    if (this.#saved !== undefined) store.changed(this, 0);
  }

  /** The descriptors that a replacement of the program must keep open. */
  descriptors(): number[] {
    return this.#saved === undefined ? [] : [this.#saved.fd];
  }
}

/** `undefined` if the system has no such memory: then a later program identifies processes by their commands only. */
function sharedMemory(library: Library, size: number): SharedMemory | undefined {
  try {
    return SharedMemory.create(library, "launches", size);
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    return undefined;
  }
}
