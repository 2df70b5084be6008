import { decodeBytes } from "../../../model/bytes.ts";

const NEWLINE = 10;

/** The longest line that is shown as a whole, in bytes; a longer one is shown in pieces of this size. */
const LONGEST = 16 * 1024 ** 2;

/** Makes lines of pieces, as lossless text without their ends. */
export class LineSplitter {
  #rest: Uint8Array[] = [];
  #length = 0;

  /** The lines that end in this piece. */
  *add(piece: Uint8Array): Iterable<string> {
    let from = 0;
    for (let end; (end = piece.indexOf(NEWLINE, from)) !== -1; from = end + 1) {
      yield this.#take(piece.subarray(from, end));
    }
    if (from === piece.length) return;
    this.#rest.push(piece.slice(from));
    this.#length += piece.length - from;
    if (this.#length > LONGEST) yield this.#take(new Uint8Array(0));
  }

  /** The line without an end, if there is one. */
  *end(): Iterable<string> {
    if (this.#length > 0) yield this.#take(new Uint8Array(0));
  }

  #take(last: Uint8Array): string {
    if (this.#length === 0) return decodeBytes(last);
    const line = new Uint8Array(this.#length + last.length);
    let at = 0;
    for (const part of [...this.#rest, last]) {
      line.set(part, at);
      at += part.length;
    }
    this.#rest = [];
    this.#length = 0;
    return decodeBytes(line);
  }
}
