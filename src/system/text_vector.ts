import { encodeBytes, Errno } from "../model/mod.ts";
import { type Library, SystemCallError } from "./library.ts";

/** Bytes of an address. */
const ADDRESS_SIZE = 8;
const { EINVAL, ENOMEM } = Errno;

/** Texts in the memory of the C library, with a null-terminated vector of their addresses. */
export class TextVector {
  readonly #library: Library;
  #address = 0n;
  /** The bytes to copy there. */
  #image = new Uint8Array(0);
  #laid: readonly string[] | undefined;

  constructor(library: Library) {
    this.#library = library;
  }

  /**
   * Copies the texts, unless the same array is there from the last call. Returns the address of the vector and that of
   * the first text.
   */
  lay(texts: readonly string[]): { readonly vector: bigint; readonly first: bigint } {
    const table = (texts.length + 1) * ADDRESS_SIZE;
    if (texts !== this.#laid) {
      this.#laid = undefined;
      this.#copy(texts, table);
      this.#laid = texts;
    }
    return { vector: this.#address, first: this.#address + BigInt(table) };
  }

  #copy(texts: readonly string[], table: number): void {
    const bytes = encodeBytes(texts.map((text) => `${text}\0`).join(""));
    this.#reserve(table + bytes.length);
    const addresses = new DataView(this.#image.buffer);
    let start = 0;
    for (let index = 0; index < texts.length; index++) {
      addresses.setBigUint64(index * ADDRESS_SIZE, this.#address + BigInt(table + start), true);
      start = bytes.indexOf(0, start) + 1;
    }
    // A zero within a text would split it in two.
    if (start !== bytes.length) throw new SystemCallError("exec", EINVAL);
    addresses.setBigUint64(table - ADDRESS_SIZE, 0n);
    this.#image.set(bytes, table);
    this.#library.symbols.memcpyIn(this.#address, this.#image, BigInt(table + bytes.length));
  }

  #reserve(size: number): void {
    if (size <= this.#image.length) return;
    const { symbols } = this.#library;
    const room = Math.max(size, this.#image.length * 2);
    const address = symbols.malloc(BigInt(room));
    if (address === 0n) throw new SystemCallError("malloc", ENOMEM);
    symbols.free(this.#address);
    this.#address = address;
    this.#image = new Uint8Array(room);
  }
}

/** The vector without its first text. */
export function afterFirst(vector: bigint): bigint {
  return vector + BigInt(ADDRESS_SIZE);
}
