import { type BufferedOutput, encodeBytes } from "../../model/mod.ts";
import { type BufferMarks, BufferMemory, type BufferStorage } from "./buffer_storage.ts";

const RESTARTED = "(dinit: note: service restarted)\n";
const LINE_FEED = 10;

/**
 * The last output of a service, kept in memory up to a size: when the buffer is full, new output overwrites
 * the oldest. It outlives the processes that write to it. The reference keeps the first output (lifecycle
 * 8.18, and docs/compatibility.md).
 *
 * The memory grows with the output, up to the size.
 */
export class LogBuffer {
  /** The largest number of bytes in the buffer. */
  readonly size: number;
  readonly storage: BufferStorage;
  #marks: BufferMarks;
  #cleared: number | undefined;
  /** The storage has the current marks. */
  #isMarked = true;

  /**
   * @param storage @default memory of the program
   * @param marks what the storage holds. @default nothing
   * @param cleared the offset up to which it was cleared. @default nothing of it was
   */
  constructor(
    size: number,
    storage: BufferStorage = new BufferMemory(size),
    marks: BufferMarks = { first: 0, end: 0, origin: 0 },
    cleared?: number,
  ) {
    this.size = size;
    this.storage = storage;
    this.#marks = { ...marks, first: Math.min(marks.end, Math.max(marks.first, cleared ?? 0)) };
    this.#cleared = cleared;
  }

  /** A buffer with the end of this one's output, and the same offsets. It may throw what the storage throws. */
  movedTo(size: number, storage?: BufferStorage): LogBuffer {
    const { bytes, end } = this.contents();
    const begin = end - bytes.length;
    const moved = new LogBuffer(size, storage, { first: begin, end: begin, origin: begin });
    moved.append(bytes);
    return moved;
  }

  /** Whether its output survives a fault of the program. */
  get isStored(): boolean {
    return !(this.storage instanceof BufferMemory);
  }

  /** Whether it holds nothing. */
  get isEmpty(): boolean {
    return this.#marks.first === this.#marks.end;
  }

  /** Appends output. It may throw what the storage throws: then the buffer holds less of its oldest output. */
  append(chunk: Uint8Array<ArrayBuffer>): void {
    const { first, end, origin } = this.#marks;
    const newEnd = end + chunk.length;
    const newFirst = Math.max(first, newEnd - this.size);
    // Give up the oldest bytes before they are overwritten: a fault may come in between.
    if (newFirst !== first || !this.#isMarked) this.#mark({ first: Math.min(newFirst, end), end, origin });
    const kept = chunk.subarray(Math.max(0, chunk.length - this.size));
    if (kept.length > 0) {
      const place = this.#placeOf(newEnd - kept.length);
      const untilWrap = this.size - place;
      this.storage.write(kept.subarray(0, untilWrap), place);
      if (kept.length > untilWrap) this.storage.write(kept.subarray(untilWrap), 0);
    }
    this.#mark({ first: newFirst, end: newEnd, origin });
  }

  /**
   * Marks the beginning of another process's output, if there is older output. A mark that needs more than half of the
   * buffer is omitted: the output is worth more.
   */
  markRestart(): void {
    if (this.isEmpty) return;
    const [last] = this.contents(this.#marks.end - 1).bytes;
    const mark = encodeBytes(last === LINE_FEED ? RESTARTED : `\n${RESTARTED}`);
    if (2 * mark.length <= this.size) this.append(mark);
  }

  /**
   * A copy of the kept bytes with an offset of at least `after`. Offsets count all bytes ever appended.
   *
   * @param after @default 0, all kept bytes
   */
  contents(after = 0): BufferedOutput & { readonly bytes: Uint8Array<ArrayBuffer> } {
    const { first, end } = this.#marks;
    const begin = Math.min(end, Math.max(first, after));
    const bytes = new Uint8Array(end - begin);
    if (bytes.length > 0) {
      const place = this.#placeOf(begin);
      const untilWrap = this.size - place;
      this.storage.read(bytes.subarray(0, untilWrap), place);
      if (bytes.length > untilWrap) this.storage.read(bytes.subarray(untilWrap), 0);
    }
    return { bytes, end };
  }

  /** Drops the kept bytes. Offsets continue. The storage has them until `free` is called, or more is appended. */
  clear(): void {
    const { end, origin } = this.#marks;
    this.#marks = { first: end, end, origin };
    this.#cleared = end;
    this.#isMarked = false;
  }

  /** The offset up to which it was cleared last; `undefined`: never. */
  get cleared(): number | undefined {
    return this.#cleared;
  }

  /** Frees the memory of bytes that were dropped, if it holds none. */
  free(): void {
    if (!this.isEmpty) return;
    const { end } = this.#marks;
    this.#mark({ first: end, end, origin: end });
    this.storage.clear();
  }

  #placeOf(offset: number): number {
    return (offset - this.#marks.origin) % this.size;
  }

  #mark(marks: BufferMarks): void {
    this.storage.mark(marks);
    this.#marks = marks;
    this.#isMarked = true;
  }
}
