/**
 * Logical lines (service description 1.1): a physical line, joined with the lines after it while it ends in an odd
 * number of backslashes.
 */

import { isSpace } from "./characters.ts";
import { Mistake } from "./mistake.ts";

const BACKSLASH = 0x5c;

/** Iterates over the logical lines of a text. The current line is `text` from `start` to `end`. */
export class LineReader {
  /** The text that contains the current line: the whole file, or only the joined line. */
  text = "";
  start = 0;
  end = 0;
  /** The number of the first physical line of the current line, from 1. */
  firstLine = 0;
  /** The number of its last physical line. */
  lastLine = 0;
  readonly #source: string;
  #next = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /**
   * Moves to the next line that is not empty; false at the end of the text.
   * @throws {Mistake} A continuation is not followed by an indented line. `lastLine` tells where.
   */
  next(): boolean {
    const source = this.#source;
    while (this.#next < source.length) {
      const start = this.#next;
      const end = this.#endOfLine(start);
      this.lastLine += 1;
      if (end === start) continue;
      this.firstLine = this.lastLine;
      if (endsInContinuation(source, start, end)) {
        this.#join(start, end);
      } else {
        this.text = source;
        this.start = start;
        this.end = end;
      }
      return true;
    }
    return false;
  }

  /** The end of the physical line that begins at `start`, and the number of characters to the next one. */
  #endOfLine(start: number): number {
    const feed = this.#source.indexOf("\n", start);
    const end = feed === -1 ? this.#source.length : feed;
    this.#next = end + 1;
    return end;
  }

  #join(start: number, end: number): void {
    const source = this.#source;
    const pieces = [source.slice(start, end - 1)];
    for (let more = true; more;) {
      if (end === source.length) {
        throw new Mistake("end-of-file follows backslash escape character (`\\')", { code: "continuation" });
      }
      start = this.#next;
      end = this.#endOfLine(start);
      this.lastLine += 1;
      if (start === end || !isSpace(source.charCodeAt(start))) {
        throw new Mistake(
          "line following line-continuation backslash (`\\') does not begin with whitespace character",
          { code: "continuation" },
        );
      }
      more = endsInContinuation(source, start, end);
      pieces.push(source.slice(start, more ? end - 1 : end));
    }
    this.text = pieces.join("\n");
    this.start = 0;
    this.end = this.text.length;
  }

  /** The physical line of a position in the current line. */
  lineAt(position: number): number {
    if (this.firstLine === this.lastLine) return this.firstLine;
    let line = this.firstLine;
    for (let at = this.text.indexOf("\n", this.start); at !== -1 && at < position; line++) {
      at = this.text.indexOf("\n", at + 1);
    }
    return line;
  }

  /** The column of a position in its physical line, in characters, from 1. */
  columnAt(position: number): number {
    const before = this.text.slice(this.start, position);
    let column = 1;
    for (const _character of before.slice(before.lastIndexOf("\n") + 1)) column++;
    return column;
  }
}

/** Whether a physical line ends in an odd number of backslashes. */
function endsInContinuation(text: string, start: number, end: number): boolean {
  let at = end;
  while (at > start && text.charCodeAt(at - 1) === BACKSLASH) at--;
  return (end - at) % 2 === 1;
}
