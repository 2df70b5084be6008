import { Errno } from "../model/mod.ts";
import { asBytes, type Library, SystemCallError } from "./library.ts";
import { MemoryFiles } from "./memory_files.ts";

const SPLICE_F_NONBLOCK = 2;
const KEEP_SIZE = 1;
const PUNCH_HOLE = 2;
/** The record is at the beginning; the output follows it. */
const HEAD = 4096;
const SEEK_END = 2;
const PAGE = 4096;
const NEWLINE = 10;
/** How much to search at once, in bytes. */
const PIECE = 65_536;

/** How far the output in a stage is written, and how to continue. Offsets count all bytes that came from the pipe. */
export interface StageRecord {
  /** All output before this offset is in the log, or lost. */
  readonly done: number;
  /** How many bytes were dropped that the log does not yet mention. */
  readonly lost: number;
  /** The file that is being written at this moment; `undefined` between two writes. */
  readonly writing: { readonly device: number; readonly inode: number; readonly size: number } | undefined;
  /** What happens to the line in which `done` is. */
  readonly line: "none" | "kept" | "dropped";
  /** How many lines the rate limit has dropped that the log does not yet mention. */
  readonly droppedLines: number;
}

const LINES = ["none", "kept", "dropped"] as const;
/** How many numbers a record has. */
const NUMBERS = 8;

/**
 * The output of one service on its way from the pipe to the log, in a file in memory that two programs share: it
 * survives both. The kernel moves bytes from the pipe to the end of the file in one call, so the size of the file says
 * how many have arrived, wherever a program is killed. Only one program may use it at a time. Written output is cut out
 * of the file, so it needs memory only for what is on its way. Methods throw `SystemCallError`.
 */
export class Stage {
  readonly fd: number;
  readonly #library: Library;
  readonly #files: MemoryFiles;
  readonly #numbers = new Float64Array(NUMBERS);
  #end: number;
  /** A multiple of the page size. */
  #freed = 0;

  private constructor(library: Library, fd: number) {
    this.#library = library;
    this.#files = new MemoryFiles(library);
    this.fd = fd;
    this.#end = this.#size() - HEAD;
  }

  /** A new, empty stage. */
  static create(library: Library): Stage {
    const files = new MemoryFiles(library);
    const fd = files.create("dinit log stage");
    files.resize(fd, HEAD);
    return new Stage(library, fd);
  }

  /** The stage behind a descriptor, with what another program has left in it. */
  static open(library: Library, fd: number): Stage {
    return new Stage(library, fd);
  }

  /** The offset behind the newest byte. */
  get end(): number {
    return this.#end;
  }

  /** Another program may have moved the end. */
  refresh(): void {
    this.#end = this.#size() - HEAD;
  }

  get record(): StageRecord {
    const numbers = this.#numbers.fill(0);
    this.#files.readAt(this.fd, new Uint8Array(numbers.buffer), 0);
    const [done, lost, isWriting, device, inode, size, line, droppedLines] = numbers;
    return {
      done,
      lost,
      writing: isWriting === 0 ? undefined : { device, inode, size },
      line: LINES[line] ?? "none",
      droppedLines,
    };
  }

  /** The record is smaller than a page, so a killed program has replaced either all of it or nothing. */
  set record({ done, lost, writing, line, droppedLines }: StageRecord) {
    const { device, inode, size } = writing ?? { device: 0, inode: 0, size: 0 };
    const isWriting = writing === undefined ? 0 : 1;
    this.#numbers.set([done, lost, isWriting, device, inode, size, LINES.indexOf(line), droppedLines]);
    this.#files.writeAt(this.fd, new Uint8Array(this.#numbers.buffer), 0);
  }

  /**
   * Moves what a pipe holds to the end, at most `limit` bytes. Returns how many; 0 if all its writers have closed it,
   * and `undefined` if there is nothing now.
   */
  take(pipe: number, limit: number): number | undefined {
    const { symbols } = this.#library;
    const place = asPlace(HEAD + this.#end);
    const count = Number(symbols.splice(pipe, null, this.fd, place, BigInt(limit), SPLICE_F_NONBLOCK));
    if (count !== -1) {
      this.#end += count;
      return count;
    }
    const errno = this.#library.errno();
    if (errno === Errno.EAGAIN || errno === Errno.EINTR) return undefined;
    throw new SystemCallError("splice", errno);
  }

  /** Reads from an offset, and returns how many bytes: fewer at the end. */
  read(buffer: Uint8Array<ArrayBuffer>, offset: number): number {
    return this.#files.readAt(this.fd, buffer, HEAD + offset);
  }

  /** Frees the memory of the output before an offset, by whole pages. */
  free(offset: number): void {
    const whole = offset - offset % PAGE;
    if (whole <= this.#freed) return;
    const { fallocate } = this.#library.symbols;
    const [from, length] = [BigInt(HEAD + this.#freed), BigInt(whole - this.#freed)];
    this.#library.check("fallocate", fallocate(this.fd, PUNCH_HOLE | KEEP_SIZE, from, length));
    this.#freed = whole;
  }

  /**
   * Gives up the oldest lines, so that at most `limit` bytes are left that are not done. Call it only between two
   * writes.
   */
  dropOldest(limit: number): void {
    const { record } = this;
    const excess = this.#end - record.done - limit;
    if (excess <= 0) return;
    const done = this.#lineAfter(record.done + excess);
    const line = done === undefined ? "dropped" : "none";
    const next = done ?? this.#end;
    this.record = { ...record, done: next, lost: record.lost + next - record.done, line };
    this.free(next);
  }

  /** Where a line begins, at or behind an offset; `undefined` if none does yet. */
  #lineAfter(offset: number): number | undefined {
    const buffer = new Uint8Array(PIECE);
    for (let at = offset - 1; at < this.#end;) {
      const count = this.read(buffer, at);
      const found = buffer.subarray(0, count).indexOf(NEWLINE);
      if (found !== -1) return at + found + 1;
      at += count;
    }
    return undefined;
  }

  close(): void {
    this.#library.symbols.close(this.fd);
  }

  #size(): number {
    const { symbols } = this.#library;
    return this.#library.check("lseek", Number(symbols.lseek(this.fd, 0n, SEEK_END)));
  }
}

function asPlace(offset: number): Uint8Array<ArrayBuffer> {
  const low = offset % 2 ** 32;
  return asBytes(new Uint32Array([low, (offset - low) / 2 ** 32]));
}
