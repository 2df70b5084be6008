import { Errno } from "../model/mod.ts";
import type { RangeCalls } from "../rotation/mod.ts";
import { Files, O } from "./files.ts";
import { type Library, SystemCallError } from "./library.ts";

const FALLOC_FL_COLLAPSE_RANGE = 0x08;
const O_EXCL = 0o200;
/** The block size of most file systems, for the probe. */
const PROBE_BLOCK = 65_536;

/** Copies and removes ranges of files, on other threads. */
export class FileRanges implements RangeCalls {
  readonly #library: Library;
  readonly #files: Files;

  constructor(library: Library) {
    this.#library = library;
    this.#files = new Files(library);
  }

  /**
   * Whether the file system of a folder can remove the head of a file: ext4, XFS and F2FS can, tmpfs and btrfs cannot.
   * It tries with a file of 128 kB, which it removes. Throws `SystemCallError` if it cannot create the file.
   */
  canCollapse(folder: string): boolean {
    const path = `${folder}/.dinit-probe-${Deno.pid}~`;
    const fd = this.#files.open(path, O.RDWR | O.CREAT | O_EXCL, { mode: 0o600 });
    try {
      this.#files.remove(path);
      this.#files.write(fd, new Uint8Array(2 * PROBE_BLOCK));
      return this.#library.symbols.fallocateHere(fd, FALLOC_FL_COLLAPSE_RANGE, 0n, BigInt(PROBE_BLOCK)) === 0;
    } finally {
      this.#files.close(fd);
    }
  }

  async copy(from: number, to: number, offset: number, length: number): Promise<number> {
    const { copy_file_range, copyFileRangeHere } = this.#library.symbols;
    // The call advances both offsets.
    const offsets = [offset, offset].map((at) => new BigInt64Array([BigInt(at)]));
    const [source, target] = offsets.map(({ buffer }) => new Uint8Array(buffer));
    const count = Number(await copy_file_range(from, source, to, target, BigInt(length), 0));
    if (count !== -1) return count;
    return this.#library.check(
      "copy_file_range",
      Number(copyFileRangeHere(from, source, to, target, BigInt(length), 0)),
    );
  }

  async collapse(fd: number, length: number): Promise<void> {
    const { fallocate, fallocateHere } = this.#library.symbols;
    if (await fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0n, BigInt(length)) === 0) return;
    this.#library.check("fallocate", fallocateHere(fd, FALLOC_FL_COLLAPSE_RANGE, 0n, BigInt(length)));
  }

  async sync(fd: number): Promise<void> {
    const { fdatasync, fdatasyncHere } = this.#library.symbols;
    if (await fdatasync(fd) !== 0) this.#library.check("fdatasync", fdatasyncHere(fd));
  }

  open(path: string): number {
    const fd = this.#files.open(path, O.RDWR | O.NONBLOCK | O.NOCTTY);
    if (this.#files.factsOf(fd).isFile) return fd;
    this.#files.close(fd);
    throw new SystemCallError("open", Errno.EINVAL);
  }

  create(path: string, like: number): number {
    const fd = this.#files.open(path, O.WRONLY | O.CREAT | O_EXCL, { mode: 0o600 });
    const wanted = this.#files.factsOf(like);
    const { uid, gid } = this.#files.factsOf(fd);
    try {
      if (uid !== wanted.uid || gid !== wanted.gid) {
        this.#files.setPathOwner(path, wanted.uid ?? undefined, wanted.gid ?? undefined);
      }
      this.#files.setPathMode(path, wanted.mode ?? 0o600);
    } catch (error) {
      this.#files.close(fd);
      this.#files.remove(path);
      throw error;
    }
    return fd;
  }

  close(fd: number): void {
    this.#files.close(fd);
  }

  sizes(fd: number): { readonly size: number; readonly block: number } {
    const { size, blksize } = Deno.statSync(`/proc/self/fd/${fd}`);
    return { size, block: blksize ?? PROBE_BLOCK };
  }
}
