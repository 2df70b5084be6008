import { type Library, SystemCallError } from "./library.ts";
import { MemoryFiles } from "./memory_files.ts";

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const FAILED = 0xffffffffffffffffn;

/** Memory behind a descriptor: a program that inherits the descriptor continues with the same contents. */
export class SharedMemory {
  readonly #library: Library;
  readonly fd: number;
  /** Where the memory is in this program. */
  readonly address: bigint;
  readonly size: number;

  private constructor(library: Library, fd: number, size: number) {
    this.#library = library;
    this.fd = fd;
    this.size = size;
    this.address = library.symbols.mmap(0n, BigInt(size), PROT_READ_WRITE, MAP_SHARED, fd, 0n);
    if (this.address === FAILED) throw new SystemCallError("mmap", library.errno());
  }

  /** New memory of `size` zeros. Throws `SystemCallError`. */
  static create(library: Library, name: string, size: number): SharedMemory {
    const files = new MemoryFiles(library);
    const fd = files.create(name);
    try {
      files.resize(fd, size);
      return new SharedMemory(library, fd, size);
    } catch (error) {
      library.symbols.close(fd);
      throw error;
    }
  }

  /** The memory behind an inherited descriptor, with its contents. Throws `SystemCallError`. */
  static inherit(library: Library, fd: number, size: number): SharedMemory {
    return new SharedMemory(library, fd, size);
  }

  /** Copies a part into `bytes`. */
  read(place: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.#library.symbols.memcpyOut(bytes, this.address + BigInt(place), BigInt(bytes.length));
  }

  /** Replaces a part. */
  write(place: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.#library.symbols.memcpyIn(this.address + BigInt(place), bytes, BigInt(bytes.length));
  }
}
