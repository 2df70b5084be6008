import { Errno } from "../model/mod.ts";
import { cString, type Library, SystemCallError } from "./library.ts";

const CLOEXEC = 1;
const ALLOW_SEALING = 2;
/** Whether the file may become a program. The administrator may require this flag. Linux before 6.3 knows neither. */
const [NOT_EXECUTABLE, EXECUTABLE] = [8, 16];

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
    return this.#create(name, CLOEXEC | (sealable ? ALLOW_SEALING : 0), NOT_EXECUTABLE);
  }

  /** Makes an empty file that can become a program. Some systems do not allow that. */
  createExecutable(name: string): number {
    return this.#create(name, CLOEXEC, EXECUTABLE);
  }

  #create(name: string, flags: number, execution: number): number {
    const { symbols } = this.#library;
    let fd = symbols.memfd_create(cString(name), flags | execution);
    if (fd === -1 && this.#library.errno() === Errno.EINVAL) fd = symbols.memfd_create(cString(name), flags);
    return this.#library.check("memfd_create", fd);
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
