/**
 * Rotation of a log file in place. The writers of the file keep their descriptors and notice nothing: the head of the
 * file is copied to an archive and then cut off, and what they append meanwhile stays in the file. It works for files
 * that all writers append to (`O_APPEND`), on file systems that can remove a range from a file, such as ext4 and XFS.
 */

import { addArchive, type ArchiveLimits, lookAtEntry, trimArchives } from "./archives.ts";

/** The calls of the system that a rotation in place needs. All fail with the system's error. */
export interface RangeCalls {
  /** Copies bytes of an open file to the same offset of another one; returns how many, 0 at the end of the source. */
  copy(from: number, to: number, offset: number, length: number): number;
  /** Whether its file system can remove the first bytes of an open file. */
  canCollapse(fd: number): boolean;
  /** Removes the first bytes of an open file; `length` is a multiple of the block size. */
  collapse(fd: number, length: number): void;
  /** Writes the content of an open file to the disk. */
  sync(fd: number): void;
  /** Opens a regular file for reading and writing, without following a link at the end of the path. */
  open(path: string): number;
  /** Creates a file that does not exist, with the owner and the mode of an open file. */
  create(path: string, like: number): number;
  close(fd: number): void;
  /** The size of an open file, and of the blocks of its file system, in bytes. */
  sizes(fd: number): { readonly size: number; readonly block: number };
}

/** What a rotation did. `small`: the file has no whole block besides the last one. */
export type InPlaceResult = "rotated" | "small";

/** A file cannot be rotated in place. The message is complete. */
export class InPlaceError extends Error {
  override readonly name = "InPlaceError";
}

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
   * line: the next archive, or the file, continues it. Throws the system's error or
   * `InPlaceError`; then the file is as before.
   */
  rotate(): InPlaceResult {
    const calls = this.#calls;
    this.repair();
    const fd = calls.open(this.#path);
    try {
      const { size, block } = calls.sizes(fd);
      // The file must stay longer than the range: the system refuses to remove all of a file.
      const length = Math.floor((size - 1) / block) * block;
      if (length <= 0) return "small";
      if (!calls.canCollapse(fd)) throw new InPlaceError("its file system cannot cut the head off a file");
      this.#copyHead(fd, length);
      try {
        calls.collapse(fd, length);
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
   * becomes an archive. Does nothing if there was none. Throws the runtime's error, or `InPlaceError`.
   */
  repair(): void {
    const found = lookAtEntry(this.#copy);
    if (found === undefined) return;
    // Others may put something else there, in a folder where they can.
    if (!found.isFile || !this.#isOurs(found)) {
      throw new InPlaceError(`${this.#copy} is no file of this log: remove it`);
    }
    if (startsWith(this.#path, this.#copy)) Deno.removeSync(this.#copy);
    else this.#finish();
  }

  #isOurs({ uid }: Deno.FileInfo): boolean {
    return uid === Deno.uid() || uid === lookAtEntry(this.#path)?.uid;
  }

  #finish(): void {
    Deno.renameSync(this.#copy, addArchive(this.#path));
    trimArchives(this.#path, this.#limits);
  }

  /** The copy is on the disk before the head is cut off. */
  #copyHead(fd: number, length: number): void {
    const calls = this.#calls;
    const target = calls.create(this.#copy, fd);
    try {
      for (let at = 0; at < length;) {
        const count = calls.copy(fd, target, at, length - at);
        if (count === 0) throw new InPlaceError(`${this.#path} became shorter during its rotation`);
        at += count;
      }
      calls.sync(target);
    } catch (error) {
      Deno.removeSync(this.#copy);
      throw error;
    } finally {
      calls.close(target);
    }
  }
}

/** Whether a file begins with the content of another one. */
function startsWith(path: string, head: string): boolean {
  using expected = Deno.openSync(head);
  using file = Deno.openSync(path);
  // A copy that was not finished is a part of the head, too.
  for (;;) {
    const wanted = piece(expected);
    if (wanted.length === 0) return true;
    const found = piece(file, wanted.length);
    if (found.length < wanted.length || !wanted.every((byte, index) => byte === found[index])) return false;
  }
}

/** The next bytes of a file: `length`, or fewer at its end. */
function piece(file: Deno.FsFile, length = PIECE): Uint8Array {
  const buffer = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const count = file.readSync(buffer.subarray(at));
    if (count === null) break;
    at += count;
  }
  return buffer.subarray(0, at);
}
