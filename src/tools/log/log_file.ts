/** One open log file: a regular file, or a device, a FIFO or a socket that somebody has put in its place. */

import { type Files, O } from "../../system/mod.ts";
import { NEWLINE } from "./line_format.ts";

/** An open log file. Methods throw `SystemCallError`. */
export class LogFile implements Disposable {
  /** The path with links resolved: rotation renames the file and not a link to it. */
  readonly path: string;
  /** Only regular files are rotated. */
  readonly isRegular: boolean;
  /** When it was last written before it was opened; `undefined` if it was empty. */
  readonly written: number | undefined;
  /** Whether it ends with a whole line. */
  atLineStart: boolean;
  /** In bytes, as far as this program knows: others may truncate it. */
  size: number;
  readonly #files: Files;
  readonly #fd: number;
  readonly #device: number;
  readonly #inode: number | null;

  /**
   * Opens or creates the file, and its folder if that is missing.
   *
   * @param open opens the file for appending, and does not wait for the reader of a FIFO
   */
  constructor(path: string, open: (path: string) => number, files: Files) {
    this.#files = files;
    makeFolder(path);
    this.#fd = open(path);
    try {
      this.path = Deno.realPathSync(path);
      const { isFile, size, dev, ino, mtime } = Deno.statSync(this.#place);
      this.isRegular = isFile;
      this.size = isFile ? size : 0;
      this.#device = dev;
      this.#inode = ino;
      this.written = this.size === 0 ? undefined : mtime?.getTime();
      this.atLineStart = this.size === 0 || endsWithNewline(this.path, this.size);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Appends some of the bytes, and returns how many: 0 if the reader of a FIFO is slow. */
  write(bytes: Uint8Array<ArrayBuffer>): number {
    const count = this.#files.write(this.#fd, bytes) ?? 0;
    this.size += count;
    if (count > 0) this.atLineStart = bytes[count - 1] === NEWLINE;
    return count;
  }

  /** Cuts off what was written behind a size. */
  truncate(size: number): void {
    this.#files.truncate(this.#fd, size);
    this.size = size;
  }

  /** Whether it is the file with this number. */
  is(device: number, inode: number): boolean {
    return device === this.#device && inode === this.#inode;
  }

  /** The numbers that identify it. */
  get identity(): { readonly device: number; readonly inode: number } {
    return { device: this.#device, inode: this.#inode ?? 0 };
  }

  /** Whether a path still leads to this file. Also finds out whether somebody has truncated it. */
  isAt(path: string): boolean {
    try {
      const { dev, ino, size, isFile } = Deno.statSync(path);
      if (isFile) this.size = size;
      return dev === this.#device && ino === this.#inode;
    } catch (error) {
      if (error instanceof Error) return false; // it is gone, or hidden: opening it will say why
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#files.close(this.#fd);
  }

  get #place(): string {
    return `/proc/self/fd/${this.#fd}`;
  }
}

/** How a log file is opened. */
export const LOG_FLAGS = O.WRONLY | O.CREAT | O.APPEND | O.NONBLOCK | O.NOCTTY;

function makeFolder(path: string): void {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  if (folder !== "" && !exists(folder)) Deno.mkdirSync(folder);
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

/** A file that may not be read counts as one that ends with a whole line. */
function endsWithNewline(path: string, size: number): boolean {
  try {
    using file = Deno.openSync(path);
    file.seekSync(size - 1, Deno.SeekMode.Start);
    const last = new Uint8Array(1);
    return file.readSync(last) !== 1 || last[0] === NEWLINE;
  } catch (error) {
    if (error instanceof Error) return true;
    throw error;
  }
}
