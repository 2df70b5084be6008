/**
 * Rotation of a log file in place. The writers of the file keep their descriptors and notice nothing: the head of the
 * file is copied to an archive and then cut off, and what they append meanwhile stays in the file. It works for files
 * that all writers append to (`O_APPEND`), on file systems that can remove a range from a file, such as ext4 and XFS.
 */

import { addArchive, type ArchiveLimits, trimArchives } from "./archives.ts";

/**
 * The calls of the system that a rotation in place needs. Those that take long run on other threads. All fail with the
 * system's error.
 */
export interface RangeCalls {
  /** Copies bytes of an open file to the same offset of another one; returns how many, 0 at the end of the source. */
  copy(from: number, to: number, offset: number, length: number): Promise<number>;
  /** Removes the first bytes of an open file; `length` is a multiple of the block size. */
  collapse(fd: number, length: number): Promise<void>;
  /** Writes the content of an open file to the disk. */
  sync(fd: number): Promise<void>;
  /** Opens a regular file for reading and writing. */
  open(path: string): number;
  /** Creates a file that does not exist, with the owner and the mode of an open file. */
  create(path: string, like: number): number;
  close(fd: number): void;
  /** The size of an open file, and of the blocks of its file system, in bytes. */
  sizes(fd: number): { readonly size: number; readonly block: number };
}

/** What a rotation did. `small`: the file has no whole block besides the last one. */
export type InPlaceResult = "rotated" | "small";

/** How much to compare at once, in bytes. */
const PIECE = 1 << 20;

/** Rotates one log file in place. One rotation at a time. */
export class InPlaceRotation {
  readonly #path: string;
  readonly #limits: ArchiveLimits;
  readonly #calls: RangeCalls;
  /** The copy of the head, until it gets the name of an archive. */
  readonly #copy: string;

  /** @param path of a regular file */
  constructor(path: string, limits: ArchiveLimits, calls: RangeCalls) {
    this.#path = path;
    this.#limits = limits;
    this.#calls = calls;
    this.#copy = `${path}.cut~`;
  }

  /**
   * Moves the whole blocks of the file to a new archive. An archive ends at the border of a block, usually inside a
   * line: the next archive, or the file, continues it. Rejects with the system's error; then the file is as before.
   */
  async rotate(): Promise<InPlaceResult> {
    const calls = this.#calls;
    await this.repair();
    const fd = calls.open(this.#path);
    try {
      const { size, block } = calls.sizes(fd);
      // The file must stay longer than the range: the system refuses to remove all of a file.
      const length = Math.floor((size - 1) / block) * block;
      if (length <= 0) return "small";
      await this.#copyHead(fd, length);
      try {
        await calls.collapse(fd, length);
      } catch (error) {
        Deno.removeSync(this.#copy);
        throw error;
      }
      this.#finish();
      return "rotated";
    } finally {
      calls.close(fd);
    }
  }

  /**
   * Finishes a rotation that was killed. If the head of the file is still there, its copy is removed; otherwise the copy
   * becomes an archive. Does nothing if there was none. Rejects with the runtime's error.
   */
  async repair(): Promise<void> {
    const same = await startsWith(this.#path, this.#copy);
    if (same === undefined) return;
    if (same) Deno.removeSync(this.#copy);
    else this.#finish();
  }

  #finish(): void {
    Deno.renameSync(this.#copy, addArchive(this.#path));
    trimArchives(this.#path, this.#limits);
  }

  /** The copy is on the disk before the head is cut off. */
  async #copyHead(fd: number, length: number): Promise<void> {
    const calls = this.#calls;
    const target = calls.create(this.#copy, fd);
    try {
      for (let at = 0; at < length;) {
        const count = await calls.copy(fd, target, at, length - at);
        if (count === 0) throw new Error(`${this.#path} became shorter during its rotation`);
        at += count;
      }
      await calls.sync(target);
    } catch (error) {
      Deno.removeSync(this.#copy);
      throw error;
    } finally {
      calls.close(target);
    }
  }
}

/** Whether a file begins with the content of another one; `undefined` if there is no other one. */
async function startsWith(path: string, head: string): Promise<boolean | undefined> {
  let other: Deno.FsFile;
  try {
    other = await Deno.open(head);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  using expected = other;
  using file = await Deno.open(path);
  // A copy that was not finished is a part of the head, too.
  for (;;) {
    const wanted = await piece(expected);
    if (wanted.length === 0) return true;
    const found = await piece(file, wanted.length);
    if (found.length < wanted.length || !wanted.every((byte, index) => byte === found[index])) return false;
  }
}

/** The next bytes of a file: `length`, or fewer at its end. */
async function piece(file: Deno.FsFile, length = PIECE): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const count = await file.read(buffer.subarray(at));
    if (count === null) break;
    at += count;
  }
  return buffer.subarray(0, at);
}
