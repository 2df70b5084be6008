import { Errno } from "../model/mod.ts";
import type { RangeCalls } from "../rotation/mod.ts";
import { FALLOC_FL_COLLAPSE_RANGE, fileCanCollapse, LARGEST_ASKED } from "./collapsible.ts";
import { Files, O } from "./files.ts";
import { type Library, SystemCallError } from "./library.ts";
import { createLike } from "./new_file.ts";

/** The block size of files whose file system does not tell it. */
const USUAL_BLOCK = 65_536;

/** Copies and removes ranges of files. Calls may take long, so this is for programs that do nothing else. */
export class FileRanges implements RangeCalls {
  readonly #library: Library;
  readonly #files: Files;

  constructor(library: Library) {
    this.#library = library;
    this.#files = new Files(library);
  }

  copy(from: number, to: number, offset: number, length: number): number {
    // The call advances both offsets.
    const offsets = [offset, offset].map((at) => new BigInt64Array([BigInt(at)]));
    const [source, target] = offsets.map(({ buffer }) => new Uint8Array(buffer));
    const { copy_file_range } = this.#library.symbols;
    return this.#library.check(
      "copy_file_range",
      Number(copy_file_range(from, source, to, target, BigInt(length), 0)),
    );
  }

  canCollapse(fd: number): boolean {
    return this.sizes(fd).size > LARGEST_ASKED || fileCanCollapse(this.#library, fd);
  }

  collapse(fd: number, length: number): void {
    const { fallocate } = this.#library.symbols;
    this.#library.check("fallocate", fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0n, BigInt(length)));
  }

  sync(fd: number): void {
    this.#library.check("fdatasync", this.#library.symbols.fdatasync(fd));
  }

  open(path: string): number {
    const fd = this.#files.openNoLink(path, O.RDWR | O.NONBLOCK | O.NOCTTY);
    if (this.#files.factsOf(fd).isFile) return fd;
    this.#files.close(fd);
    throw new SystemCallError("open", Errno.EINVAL);
  }

  create(path: string, like: number): number {
    return createLike(this.#files, path, this.#files.factsOf(like));
  }

  close(fd: number): void {
    this.#files.close(fd);
  }

  sizes(fd: number): { readonly size: number; readonly block: number } {
    const { size, blksize } = Deno.statSync(`/proc/self/fd/${fd}`);
    return { size, block: blksize ?? USUAL_BLOCK };
  }
}
