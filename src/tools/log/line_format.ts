/** What becomes of the bytes of a service before they are written: time stamps, JSON, or nothing. */

import { decodeBytes, encodeBytes } from "../../model/mod.ts";

/** Receives formatted bytes. It must use them before it returns. */
export type Emit = (bytes: Uint8Array) => void;

/** Formats a stream of bytes. It passes on the begin of a line before its end arrives, so a line may have any length. */
export interface LineFormat {
  /** Formats the next bytes. */
  format(bytes: Uint8Array, emit: Emit): void;
  /** The stream has ended; an unfinished line will not continue. */
  finish(emit: Emit): void;
}

/** The text in front of a line, or inside a document, for the present moment. */
export type Stamp = () => Uint8Array;

export const NEWLINE = 10;

/** A line up to this length is copied byte by byte: a call of the runtime takes longer. */
const SHORT_LINE = 48;
/** The size of the piece that a format passes on. */
const PIECE = 262_144;

/** Passes on the bytes as they are. */
export const UNCHANGED: LineFormat = { format: (bytes, emit) => emit(bytes), finish() {} };

/** Collects pieces, and passes them on when it is full: a call for each line would take longer than the line. */
class Collector {
  readonly #buffer = new Uint8Array(PIECE);
  #length = 0;

  /** Adds the bytes from `from` to `end`. */
  add(bytes: Uint8Array, from: number, end: number, emit: Emit): void {
    const buffer = this.#buffer;
    const size = end - from;
    if (size > buffer.length - this.#length) this.flush(emit);
    if (size > buffer.length) return emit(bytes.subarray(from, end));
    if (size <= SHORT_LINE) {
      for (let at = from, to = this.#length; at < end; at++, to++) buffer[to] = bytes[at];
    } else {
      buffer.set(bytes.subarray(from, end), this.#length);
    }
    this.#length += size;
  }

  /** Passes on what it has. */
  flush(emit: Emit): void {
    const length = this.#length;
    this.#length = 0; // also if `emit` throws: the next log begins with nothing
    if (length > 0) emit(this.#buffer.subarray(0, length));
  }
}

/** All formats share it, because it is empty between two calls: a program may have a thousand of them. */
const OUT = new Collector();

/** Puts a time stamp in front of each line. */
export class StampedFormat implements LineFormat {
  readonly #stamp: Stamp;
  #inLine: boolean;

  /** @param inLine whether the file ends inside a line, which the stream continues */
  constructor(stamp: Stamp, inLine: boolean) {
    this.#stamp = stamp;
    this.#inLine = inLine;
  }

  format(bytes: Uint8Array, emit: Emit): void {
    const stamp = this.#stamp();
    for (let from = 0; from < bytes.length;) {
      const found = bytes.indexOf(NEWLINE, from);
      const end = found === -1 ? bytes.length : found + 1;
      if (!this.#inLine) OUT.add(stamp, 0, stamp.length, emit);
      OUT.add(bytes, from, end, emit);
      this.#inLine = found === -1;
      from = end;
    }
    OUT.flush(emit);
  }

  finish(emit: Emit): void {
    if (this.#inLine) emit(encodeBytes("\n"));
    this.#inLine = false;
  }
}

const END = encodeBytes('"}\n');
const [SPACE, QUOTATION_MARK, BACKSLASH, DELETE] = [0x20, 0x22, 0x5c, 0x7f];

/**
 * Makes a JSON document of each line: `{"time":"…","text":"…"}`. The text is lossless: a byte that is not UTF-8 becomes
 * a lone surrogate, U+DC80 to U+DCFF.
 */
export class JsonFormat implements LineFormat {
  readonly #begin: Stamp;
  #inLine: boolean;
  /** The beginning of a character whose rest has not arrived, at most 3 bytes. */
  #rest = new Uint8Array(0);

  /**
   * @param begin makes the beginning of a document, up to the text
   * @param inLine whether the file ends inside a document, which the stream continues
   */
  constructor(begin: Stamp, inLine: boolean) {
    this.#begin = begin;
    this.#inLine = inLine;
  }

  format(bytes: Uint8Array, emit: Emit): void {
    const begin = this.#begin();
    for (let from = 0; from < bytes.length;) {
      const found = bytes.indexOf(NEWLINE, from);
      const end = found === -1 ? bytes.length : found;
      if (!this.#inLine) OUT.add(begin, 0, begin.length, emit);
      if (this.#rest.length === 0 && isPlain(bytes, from, end)) OUT.add(bytes, from, end, emit);
      else this.#addText(bytes.subarray(from, end), found !== -1, emit);
      if (found !== -1) OUT.add(END, 0, END.length, emit);
      this.#inLine = found === -1;
      from = end + 1;
    }
    OUT.flush(emit);
  }

  finish(emit: Emit): void {
    if (!this.#inLine) return;
    this.#addText(new Uint8Array(0), true, emit);
    OUT.add(END, 0, END.length, emit);
    OUT.flush(emit);
    this.#inLine = false;
  }

  /** Adds the inner part of a JSON string. `whole`: the line ends here. */
  #addText(bytes: Uint8Array, whole: boolean, emit: Emit): void {
    const all = this.#rest.length === 0 ? bytes : joined([this.#rest, bytes]);
    const end = whole ? all.length : completeEnd(all);
    this.#rest = all.slice(end);
    const text = encodeBytes(JSON.stringify(decodeBytes(all.subarray(0, end))).slice(1, -1));
    OUT.add(text, 0, text.length, emit);
  }
}

/** Whether a JSON string contains these bytes as they are. */
function isPlain(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    const byte = bytes[at];
    if (byte < SPACE || byte >= DELETE || byte === QUOTATION_MARK || byte === BACKSLASH) return false;
  }
  return true;
}

/** Where the last character of UTF-8 begins if its rest may still arrive, otherwise the length. */
export function completeEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** All parts in one array. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
