import { type Library, SystemCallError } from "./library.ts";
import { MemoryFiles } from "./memory_files.ts";

const O_CLOEXEC = 0o2000000;
const CHUNK = 256 * 1024;

/** A file in memory, without a name in the file system. A program that inherits its descriptor can read it. */
export class MemoryFile {
  readonly #library: Library;
  readonly #files: MemoryFiles;
  readonly fd: number;
  /** The number of bytes that were written. */
  size = 0;

  private constructor(library: Library, fd: number) {
    this.#library = library;
    this.#files = new MemoryFiles(library);
    this.fd = fd;
  }

  /** A new file; `name` shows in `/proc/PID/fd`. Throws `SystemCallError`. */
  static create(library: Library, name: string): MemoryFile {
    return new MemoryFile(library, new MemoryFiles(library).create(name));
  }

  /** Appends bytes. Throws `SystemCallError`; then `size` has not changed. */
  append(bytes: Uint8Array<ArrayBuffer>): void {
    this.#files.writeAt(this.fd, bytes, this.size);
    this.size += bytes.length;
  }

  /** Gives the file another content at once: a fault finds either the old or the new one. Throws `SystemCallError`. */
  replace(bytes: Uint8Array<ArrayBuffer>): void {
    const { symbols } = this.#library;
    const fresh = MemoryFile.create(this.#library, "dinit state");
    try {
      fresh.append(bytes);
      this.#library.check("dup3", symbols.dup3(fresh.fd, this.fd, O_CLOEXEC));
    } finally {
      symbols.close(fresh.fd);
    }
    this.size = bytes.length;
  }

  close(): void {
    this.#library.symbols.close(this.fd);
  }
}

/** The whole content of an inherited file. Throws `SystemCallError`. */
export function readWhole(library: Library, fd: number): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let place = 0;;) {
    const chunk = new Uint8Array(CHUNK);
    const count = Number(library.symbols.pread(fd, chunk, BigInt(CHUNK), BigInt(place)));
    if (count === -1) throw new SystemCallError("pread", library.errno());
    if (count === 0) return joined(chunks, place);
    chunks.push(chunk.subarray(0, count));
    place += count;
  }
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let place = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, place);
    place += chunk.length;
  }
  return bytes;
}
