import { archivesOf, lookAt } from "./archives.ts";

/** How much to read at once, in bytes. */
const PIECE = 65_536;
/** How many bytes before the position to remember, to find the position again after a rotation in place. */
const REMEMBERED = 256;

/**
 * Reads what is added to a log file. When the file is rotated, it finishes the old file and everything between, and
 * continues with the new one. When the file is cut in place, it continues at the same line; when it is truncated, at its
 * beginning. It waits for a file that does not exist.
 */
export class FollowedLog implements Disposable {
  readonly #path: string;
  readonly #buffer = new Uint8Array(PIECE);
  #file: Deno.FsFile | undefined;
  #inode: number | null = null;
  #offset: number;
  #before: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /**
   * @param from where to begin: the file and the position that an earlier read has found. @default the beginning of the
   * file
   */
  constructor(path: string, from?: { readonly inode: number | null; readonly offset: number }) {
    this.#path = path;
    this.#offset = 0;
    if (from !== undefined) this.#beginAt(from);
  }

  /** The next piece; empty if there is nothing more now. Throws the runtime's error. */
  next(): Uint8Array {
    for (;;) {
      const piece = this.#file === undefined ? this.#buffer.subarray(0, 0) : this.#read(this.#file);
      if (piece.length > 0) return piece;
      if (!this.#followChange()) return piece;
    }
  }

  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /** The file may have been rotated since that position was found. */
  #beginAt({ inode, offset }: { readonly inode: number | null; readonly offset: number }): void {
    const archive = archivesOf(this.#path).find((archive) => archive.inode === inode);
    const path = archive === undefined ? this.#path : archive.path;
    const found = lookAt(path);
    if (found === undefined || found.ino !== inode) return;
    this.#open(path);
    this.#file?.seekSync(Math.min(offset, found.size), Deno.SeekMode.Start);
    this.#offset = Math.min(offset, found.size);
  }

  #read(file: Deno.FsFile): Uint8Array {
    const size = file.readSync(this.#buffer) ?? 0;
    this.#offset += size;
    if (size > 0) {
      const joined = new Uint8Array([
        ...this.#before,
        ...this.#buffer.subarray(Math.max(0, size - REMEMBERED), size),
      ]);
      this.#before = joined.slice(-REMEMBERED);
    }
    return this.#buffer.slice(0, size);
  }

  /** Whether there may be more to read. */
  #followChange(): boolean {
    const found = lookAt(this.#path);
    if (found === undefined) return false; // between the rename of the old file and the creation of the new one
    if (this.#file === undefined) return this.#open(this.#path);
    if (found.ino !== this.#inode) {
      return this.#open(this.#successor());
    }
    if (found.size >= this.#offset) return found.size > this.#offset;
    this.#offset = this.#file.seekSync(this.#afterCut(this.#file, found.size), Deno.SeekMode.Start);
    return true;
  }

  /** The file that was begun after the open one, which has another name by now. */
  #successor(): string {
    const archives = archivesOf(this.#path).filter(({ compressed }) => !compressed);
    const own = archives.findIndex(({ inode }) => inode === this.#inode);
    return archives[own - 1]?.path ?? this.#path;
  }

  /** The position behind the bytes that were read last, if the head of the file went to archives; otherwise 0. */
  #afterCut(file: Deno.FsFile, size: number): number {
    const { length } = this.#before;
    let offset = this.#offset;
    for (const archive of archivesOf(this.#path)) {
      if (archive.compressed) break;
      offset -= archive.size;
      if (offset < length) break;
      if (offset > size || length === 0) continue;
      const found = new Uint8Array(length);
      file.seekSync(offset - length, Deno.SeekMode.Start);
      if (file.readSync(found) === length && found.every((byte, at) => byte === this.#before[at])) {
        return offset;
      }
    }
    return 0;
  }

  /** Opens only a regular file: a FIFO would block, and a device has no end. */
  #open(path: string): boolean {
    if (lookAt(path)?.isFile !== true) return false;
    try {
      const file = Deno.openSync(path);
      this.#file?.close();
      this.#file = file;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
    this.#inode = this.#file.statSync().ino;
    this.#offset = 0;
    this.#before = new Uint8Array(0);
    return true;
  }
}
