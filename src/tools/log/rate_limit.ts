import { type Emit, NEWLINE } from "./line_format.ts";

const SECOND = 1000;

/** What happens with a line; `none`: the stream is between two lines. */
export type LineFate = "none" | "kept" | "dropped";

/** Drops the lines of a stream beyond a number in each second, and counts them. A line is kept or dropped as a whole. */
export class RateLimit {
  readonly #limit: number;
  #second = -1;
  #passed = 0;
  #line: LineFate;
  #dropped: number;

  /**
   * @param limit lines in a second, at least 1
   * @param earlier what another limit of this stream has left
   */
  constructor(limit: number, earlier: { line: LineFate; dropped: number } = { line: "none", dropped: 0 }) {
    this.#limit = limit;
    this.#line = earlier.line;
    this.#dropped = earlier.dropped;
  }

  /** What happens with the line in which the stream is. */
  get line(): LineFate {
    return this.#line;
  }

  /** How many lines were dropped that nobody was told about. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Passes on the kept lines. `elapsed`: a time in milliseconds that never runs backwards. */
  filter(bytes: Uint8Array, elapsed: number, emit: Emit): void {
    const second = Math.floor(elapsed / SECOND);
    if (second !== this.#second) this.#passed = 0;
    this.#second = second;
    let keptFrom = 0;
    for (let from = 0; from < bytes.length;) {
      if (this.#line === "none") this.#line = this.#judge();
      const found = bytes.indexOf(NEWLINE, from);
      const end = found === -1 ? bytes.length : found + 1;
      if (this.#line === "dropped") {
        if (from > keptFrom) emit(bytes.subarray(keptFrom, from));
        keptFrom = end;
      }
      if (found !== -1) this.#line = "none";
      from = end;
    }
    if (bytes.length > keptFrom) emit(bytes.subarray(keptFrom));
  }

  /** Whether lines were dropped that nobody was told about. */
  get hasDropped(): boolean {
    return this.#dropped > 0;
  }

  /** How many lines were dropped since the last call, unless the log is inside a line or the second is not over. */
  takeDropped(elapsed: number): number {
    if (this.#line === "kept" || Math.floor(elapsed / SECOND) === this.#second) return 0;
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  #judge(): LineFate {
    if (this.#passed < this.#limit) {
      this.#passed++;
      return "kept";
    }
    this.#dropped++;
    return "dropped";
  }
}
