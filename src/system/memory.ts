import { Errno } from "../model/mod.ts";
import { type Library, SystemCallError } from "./library.ts";

const { ENOMEM } = Errno;

/** Memory outside the heap of JavaScript, at an address that does not change: other threads and the kernel write to it. */
export class Memory {
  readonly #library: Library;
  /** Where it begins. The address does not leave this folder, except to come back as a parameter. */
  readonly address: bigint;
  /** Its size in bytes. */
  readonly size: number;

  /** Memory that exists already. */
  constructor(library: Library, address: bigint, size: number) {
    this.#library = library;
    this.address = address;
    this.size = size;
  }

  /** New memory, all zero. It is never freed. Throws `SystemCallError` if there is none. */
  static reserve(library: Library, size: number): Memory {
    const address = library.symbols.malloc(BigInt(size));
    if (address === 0n) throw new SystemCallError("malloc", ENOMEM);
    const memory = new Memory(library, address, size);
    memory.write(0, new Uint8Array(size));
    return memory;
  }

  /** Copies bytes to an offset. */
  write(offset: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.#library.symbols.memcpyIn(this.address + BigInt(offset), bytes, BigInt(bytes.length));
  }

  /** Copies the bytes from an offset on. */
  read(offset: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.#library.symbols.memcpyOut(bytes, this.address + BigInt(offset), BigInt(bytes.length));
  }
}
