import { decodeBytes, Errno } from "../model/mod.ts";
import type { FileAccess, FileStatus } from "../description/mod.ts";
import { AT_CWD, type Files, O } from "./files.ts";
import { cString, type Library, SystemCallError } from "./library.ts";

/** The longest path on Linux, in bytes; the target of a link is not longer. */
const LONGEST_PATH = 4096;
/** How much to read at once, in bytes. */
const PIECE = 64 * 1024;
/** `struct linux_dirent64`, the same on all processors: offsets of the length and of the name. */
const ENTRY = { length: 16, name: 19 } as const;
const { ENOSYS } = Errno;

/** Reads whole files and directories with any path; the runtime cannot name a path that is not UTF-8. */
export class WholeFiles implements FileAccess {
  readonly #library: Library;
  readonly #files: Files;

  constructor(library: Library, files: Files) {
    this.#library = library;
    this.#files = files;
  }

  /** To the nanosecond. */
  lookAt(path: string): FileStatus {
    return this.#files.statusOf(path);
  }

  linkAt(path: string): string {
    const target = new Uint8Array(LONGEST_PATH);
    const { symbols } = this.#library;
    const length = symbols.readlinkat(AT_CWD, cString(path), target, BigInt(target.length));
    this.#library.check("readlink", Number(length));
    return decodeBytes(target.subarray(0, Number(length)));
  }

  /** Opening never waits for the other end of a named pipe. */
  read(path: string): Uint8Array {
    return this.#whileOpen(path, O.RDONLY | O.NONBLOCK | O.NOCTTY, (fd) => {
      return this.#pieces((buffer) => this.#files.read(fd, buffer) ?? 0);
    });
  }

  namesIn(path: string): string[] {
    const { getdents64 } = this.#library.symbols;
    if (getdents64 === null) throw new SystemCallError("getdents", ENOSYS);
    const entries = this.#whileOpen(path, O.RDONLY | O.NONBLOCK, (fd) => {
      return this.#pieces((buffer) => {
        const length = getdents64(fd, buffer, BigInt(buffer.length));
        return this.#library.check("getdents", Number(length));
      });
    });
    return Array.from(namesOf(entries)).filter((name) => name !== "." && name !== "..");
  }

  #whileOpen<T>(path: string, flags: number, use: (fd: number) => T): T {
    const fd = this.#files.open(path, flags);
    try {
      return use(fd);
    } finally {
      this.#files.close(fd);
    }
  }

  /** The results of repeated calls that fill a buffer, until a call returns nothing. */
  #pieces(fill: (buffer: Uint8Array<ArrayBuffer>) => number): Uint8Array {
    const pieces: Uint8Array[] = [];
    for (;;) {
      const buffer = new Uint8Array(PIECE);
      const count = fill(buffer);
      if (count === 0) break;
      pieces.push(buffer.subarray(0, count));
    }
    const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}

function* namesOf(entries: Uint8Array): Iterable<string> {
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  for (let at = 0; at < entries.length;) {
    const length = view.getUint16(at + ENTRY.length, true);
    const name = entries.subarray(at + ENTRY.name, at + length);
    yield decodeBytes(name.subarray(0, name.indexOf(0)));
    at += length;
  }
}
