import type { Library } from "./library.ts";
import { MemoryFiles } from "./memory_files.ts";

const O_CLOEXEC = 0o2000000;
const CHUNK = 256 * 1024;

/** A growing file in memory. A program that inherits its descriptor reads it with `readWhole`. */
export class MemoryFile {
  readonly #library: Library;
  readonly #files: MemoryFiles;
  readonly #name: string;
  readonly fd: number;
  /** The number of bytes that were written. */
  size = 0;

  /** A new file; `name` shows in `/proc/PID/fd`. Throws `SystemCallError`. */
  constructor(library: Library, name: string) {
    this.#library = library;
    this.#files = new MemoryFiles(library);
    this.#name = name;
    this.fd = this.#files.create(name);
  }

  /** Appends bytes. Throws `SystemCallError`; then `size` has not changed. */
  append(bytes: Uint8Array<ArrayBuffer>): void {
    this.#files.writeAt(this.fd, bytes, this.size);
    this.size += bytes.length;
  }

  /** Gives the file another content at once: a fault finds either the old or the new one. Throws `SystemCallError`. */
  replace(bytes: Uint8Array<ArrayBuffer>): void {
    const { symbols } = this.#library;
    const fresh = this.#files.create(this.#name);
    try {
      this.#files.writeAt(fresh, bytes, 0);
      this.#library.check("dup3", symbols.dup3(fresh, this.fd, O_CLOEXEC));
    } finally {
      symbols.close(fresh);
    }
    this.size = bytes.length;
  }
}

/** The whole content of an inherited file. Throws `SystemCallError`. */
export function readWhole(library: Library, fd: number): Uint8Array<ArrayBuffer> {
  const files = new MemoryFiles(library);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (let count = -1; count !== 0; size += count) {
    const chunk = new Uint8Array(CHUNK);
    count = files.readAt(fd, chunk, size);
    chunks.push(chunk.subarray(0, count));
  }
  const bytes = new Uint8Array(size);
  let place = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, place);
    place += chunk.length;
  }
  return bytes;
}
