import { cString, type Library, SystemCallError } from "./library.ts";

const CLOEXEC = 1;
const ALLOW_SEALING = 2;

/**
 * Files in memory, without a name. Such a file exists as long as a descriptor of it, so it survives the replacement of
 * the program. Methods throw `SystemCallError`.
 */
export class MemoryFiles {
  readonly #library: Library;

  constructor(library: Library) {
    this.#library = library;
  }

  /** Makes an empty file. `name` appears in `/proc/PID/fd`. */
  create(name: string, { sealable = false } = {}): number {
    const flags = CLOEXEC | (sealable ? ALLOW_SEALING : 0);
    return this.#library.check("memfd_create", this.#library.symbols.memfd_create(cString(name), flags));
  }

  /** Reads from a place in the file, and returns the number of bytes: fewer at its end. */
  readAt(fd: number, buffer: Uint8Array<ArrayBuffer>, place: number): number {
    const { symbols } = this.#library;
    const count = symbols.pread(fd, buffer, BigInt(buffer.length), BigInt(place));
    return this.#library.check("pread", Number(count));
  }

  /** Writes all bytes at a place in the file. */
  writeAt(fd: number, bytes: Uint8Array<ArrayBuffer>, place: number): void {
    const { symbols } = this.#library;
    for (let done = 0; done < bytes.length;) {
      const rest = done === 0 ? bytes : bytes.subarray(done);
      const count = Number(symbols.pwrite(fd, rest, BigInt(rest.length), BigInt(place + done)));
      if (count <= 0) throw new SystemCallError("pwrite", this.#library.errno());
      done += count;
    }
  }

  /** Cuts or extends the file to a size in bytes. */
  resize(fd: number, size: number): void {
    this.#library.check("ftruncate", this.#library.symbols.ftruncate(fd, BigInt(size)));
  }
}
