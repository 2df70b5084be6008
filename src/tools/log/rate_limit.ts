import { type Emit, NEWLINE } from "./line_format.ts";

const SECOND = 1000;

/** Drops the lines of a stream beyond a number in each second, and counts them. A line is kept or dropped as a whole. */
export class RateLimit {
  readonly #limit: number;
  #second = -1;
  #passed = 0;
  /** What happens with the line in which the stream is. */
  #line: "none" | "kept" | "dropped" = "none";
  #dropped = 0;

  /** @param limit lines in a second, at least 1 */
  constructor(limit: number) {
    this.#limit = limit;
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

  #judge(): "kept" | "dropped" {
    if (this.#passed < this.#limit) {
      this.#passed++;
      return "kept";
    }
    this.#dropped++;
    return "dropped";
  }
}
