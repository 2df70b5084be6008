import { NEWLINE } from "../log/line_format.ts";

/** The most that a format makes of its input. */
export interface Growth {
  /** Bytes for each byte. */
  readonly perByte: number;
  /** Bytes for each line besides. */
  readonly perLine: number;
}

/** Where a piece goes. */
export interface Place {
  /** How many bytes the file may still get. */
  readonly room: number;
  /** The file is not empty and ends with a whole line, so another file may follow it. */
  readonly mayRotate: boolean;
  /** The input begins inside a line. */
  readonly inLine: boolean;
}

/**
 * How much of the input to format and write as one piece; 0: begin another file first. A file begins and ends with whole
 * lines, so the rest of a line, and a line that is longer than a file may be, exceed the room.
 */
export function pieceLength(
  bytes: Uint8Array,
  { perByte, perLine }: Growth,
  { room, mayRotate, inLine }: Place,
): number {
  if (bytes.length * (perByte + perLine) <= room) return bytes.length;
  let left = inLine ? room + perLine : room;
  let length = 0;
  while (length < bytes.length) {
    const end = lineEnd(bytes, length);
    left -= (end - length) * perByte + perLine;
    if (left < 0) break;
    length = end;
  }
  if (length > 0) return length;
  return mayRotate ? 0 : lineEnd(bytes, 0);
}

/** The end of the line that begins at an index, behind its newline if it has one. */
function lineEnd(bytes: Uint8Array, from: number): number {
  const found = bytes.indexOf(NEWLINE, from);
  return found === -1 ? bytes.length : found + 1;
}
