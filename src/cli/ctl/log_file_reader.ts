import { ctlFailure } from "../shared/failure.ts";
import { reason } from "./dependency_link.ts";

/** How much to read at once, in bytes. */
const PIECE = 65_536;

/**
 * Reads a log file in pieces. If the path leads to another file (it was rotated), the reader finishes the old file and
 * continues at the beginning of the new one. If the file was truncated, it continues at the beginning of the same file.
 */
export class LogFileReader implements Disposable {
  readonly #path: string;
  readonly #buffer = new Uint8Array(PIECE);
  #file: Deno.FsFile;
  #inode: number | null;
  #offset = 0;
  /** A file loses nothing. */
  readonly missing = 0;

  /** Opens the file. Throws `ToolFailure` if that fails or it is no regular file. */
  constructor(path: string) {
    this.#path = path;
    const opened = this.#open();
    if (opened === undefined) throw ctlFailure(`log file ${path} does not exist`);
    [this.#file, this.#inode] = opened;
  }

  /** The next piece of the file; empty at its end. Throws `ToolFailure`. */
  next(): Uint8Array {
    const size = this.#read();
    if (size > 0) return this.#buffer.slice(0, size);
    this.#followChange();
    return this.#buffer.slice(0, this.#read());
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  #read(): number {
    try {
      const size = this.#file.readSync(this.#buffer) ?? 0;
      this.#offset += size;
      return size;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #followChange(): void {
    const found = this.#look();
    if (found === undefined) return; // between the removal of the old file and the arrival of the new one
    if (found.ino !== this.#inode) {
      const opened = this.#open();
      if (opened === undefined) return;
      this.#file.close();
      [this.#file, this.#inode] = opened;
      this.#offset = 0;
    } else if (found.size < this.#offset) {
      this.#offset = this.#file.seekSync(0, Deno.SeekMode.Start);
    }
  }

  /** Opens only a regular file: a FIFO would block, and a device has no end. */
  #open(): [file: Deno.FsFile, inode: number | null] | undefined {
    const found = this.#look();
    if (found === undefined) return undefined;
    if (!found.isFile) throw ctlFailure(`log ${this.#path} is not a regular file and cannot be shown`);
    try {
      return [Deno.openSync(this.#path), found.ino];
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #look(): Deno.FileInfo | undefined {
    try {
      return Deno.statSync(this.#path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): Error {
    return ctlFailure(`cannot read log file ${this.#path}: ${reason(error)}`);
  }
}
