/** Where a log buffer keeps its bytes: in the memory of the program, or in a file in memory that survives a fault. */

import type { MemoryFiles } from "../../system/mod.ts";

/** What a buffer holds. Offsets count all bytes ever appended. */
export interface BufferMarks {
  /** The offset of the oldest byte that it holds. */
  readonly first: number;
  /** The offset after the newest byte. */
  readonly end: number;
  /** The offset of a byte at place 0. */
  readonly origin: number;
}

/** Bytes by their place, from 0 up to the size of the buffer. */
export interface BufferStorage {
  write(bytes: Uint8Array<ArrayBuffer>, place: number): void;
  /** Fills `bytes` from a place; all these places were written before. */
  read(bytes: Uint8Array<ArrayBuffer>, place: number): void;
  /** The buffer now holds this. */
  mark(marks: BufferMarks): void;
  /** Frees the memory of all bytes. */
  clear(): void;
}

/** Memory that grows with the output, up to `size` bytes. */
export class BufferMemory implements BufferStorage {
  readonly #size: number;
  #bytes = new Uint8Array(0);

  constructor(size: number) {
    this.#size = size;
  }

  write(bytes: Uint8Array<ArrayBuffer>, place: number): void {
    const needed = place + bytes.length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(this.#size, Math.max(needed, this.#bytes.length * 2)));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, place);
  }

  read(bytes: Uint8Array<ArrayBuffer>, place: number): void {
    bytes.set(this.#bytes.subarray(place, place + bytes.length));
  }

  mark(_marks: BufferMarks): void {}

  clear(): void {
    this.#bytes = new Uint8Array(0);
  }
}

/** The marks before the bytes: four numbers. */
const HEADER_NUMBERS = 4;
const HEADER = 8 * HEADER_NUMBERS;
const header = new Float64Array(HEADER_NUMBERS);
const headerBytes = new Uint8Array(header.buffer);

/**
 * A file in memory: the size and the marks, then the bytes. Each change of the marks is one write, so after a fault
 * between any two calls the file has the marks from before or after it.
 */
export class BufferFile implements BufferStorage {
  readonly #memory: MemoryFiles;
  readonly fd: number;
  readonly #size: number;

  /** `fd`: an open file in memory. */
  constructor(memory: MemoryFiles, fd: number, size: number) {
    this.#memory = memory;
    this.fd = fd;
    this.#size = size;
  }

  /** The marks in an inherited file; `undefined` if it holds no buffer of this size. */
  marks(): BufferMarks | undefined {
    if (this.#memory.readAt(this.fd, headerBytes, 0) !== HEADER) return undefined;
    const [size, first, end, origin] = header;
    const ordered = size === this.#size && 0 <= origin && origin <= first && first <= end;
    return ordered && end - first <= size && header.every(Number.isSafeInteger)
      ? { first, end, origin }
      : undefined;
  }

  write(bytes: Uint8Array<ArrayBuffer>, place: number): void {
    this.#memory.writeAt(this.fd, bytes, HEADER + place);
  }

  read(bytes: Uint8Array<ArrayBuffer>, place: number): void {
    this.#memory.readAt(this.fd, bytes, HEADER + place);
  }

  mark({ first, end, origin }: BufferMarks): void {
    header.set([this.#size, first, end, origin]);
    this.#memory.writeAt(this.fd, headerBytes, 0);
  }

  clear(): void {
    this.#memory.resize(this.fd, HEADER);
  }
}
