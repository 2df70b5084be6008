/** The end of a rotated log: its file and its archives are one stream of bytes, and lines may cross from one to the next. */

import { type Archive, archivesOf, lookAt } from "./archives.ts";

/** How much to read at once, in bytes. */
const PIECE = 262_144;
const NEWLINE = 10;

/** A part of a log, and how many bytes or whole lines at its beginning to leave out. */
interface Part {
  readonly path: string;
  readonly compressed: boolean;
  readonly skipBytes: number;
  readonly skipLines: number;
}

/** Which lines of a log to read. */
export interface TailOptions {
  /** How many lines; `Infinity`: all. */
  readonly lines: number;
  /** Leave out archives that were last written before this time, in milliseconds since 1970. @default none */
  readonly since?: number;
  /** The time of a line, if it has one. With it, a large file is not read from its beginning. @default lines have none */
  readonly timeOf?: (line: Uint8Array) => number | undefined;
}

/** The end of a log, and where a later read of its file continues. */
export interface LogTail {
  /** The bytes, in pieces. */
  readonly pieces: AsyncIterable<Uint8Array>;
  /** The file as it was; `undefined` if there was none. */
  readonly end: { readonly inode: number | null; readonly offset: number } | undefined;
}

/**
 * Finds the last lines of a log. It reads the file from its end, and archives only if the file has too few lines; a line
 * without an end counts. Rejects with the runtime's error if the file cannot be read.
 */
export async function tailOf(path: string, options: TailOptions): Promise<LogTail> {
  const { lines, since = -Infinity } = options;
  const parts: Part[] = [];
  const { found, end } = lastLinesOfFile(path, options);
  if (found !== undefined) parts.push(found.part);
  let missing = found?.missing ?? lines;
  for (const archive of missing > 0 ? archivesOf(path) : []) {
    if (missing <= 0 || archive.written < since) break;
    const older = await lastLines(archive, missing);
    parts.unshift(older.part);
    missing = older.missing;
  }
  return { pieces: piecesOf(parts, end), end };
}

function lastLinesOfFile(path: string, { lines, since, timeOf }: TailOptions) {
  const file = lookAt(path);
  if (file?.isFile !== true) return { found: undefined, end: undefined };
  const end = { inode: file.ino, offset: file.size };
  if (lines === Infinity && since !== undefined && timeOf !== undefined) {
    const skipBytes = offsetOfTime(path, file.size, since, timeOf);
    const part = { path, compressed: false, skipBytes, skipLines: 0 };
    return { found: { part, missing: skipBytes > 0 ? 0 : lines }, end };
  }
  return { found: linesFromEnd(path, file.size, lines), end };
}

/**
 * A line before which all lines are older than `since`, if the times of the file rise. It halves the range of the file
 * in which the line is, until that is short or has no times.
 */
function offsetOfTime(
  path: string,
  size: number,
  since: number,
  timeOf: (line: Uint8Array) => number | undefined,
): number {
  using file = Deno.openSync(path);
  let begin = 0;
  for (let end = size; end - begin > PIECE;) {
    const middle = Math.floor((begin + end) / 2);
    const line = firstLineWithTime(file, middle, timeOf);
    if (line === undefined) break;
    if (line.time >= since) end = middle;
    else if (line.offset > begin) begin = line.offset;
    else break;
  }
  return begin;
}

function firstLineWithTime(
  file: Deno.FsFile,
  from: number,
  timeOf: (line: Uint8Array) => number | undefined,
) {
  const piece = new Uint8Array(PIECE);
  file.seekSync(from, Deno.SeekMode.Start);
  readFully(file, piece);
  for (let at = piece.indexOf(NEWLINE) + 1; at > 0;) {
    const end = piece.indexOf(NEWLINE, at);
    if (end === -1) return undefined;
    const time = timeOf(piece.subarray(at, end));
    if (time !== undefined) return { time, offset: from + at };
    at = end + 1;
  }
  return undefined;
}

/** The last lines of an archive, and how many are missing to the wanted number. */
async function lastLines(
  { path, compressed, size }: Archive,
  wanted: number,
): Promise<{ part: Part; missing: number }> {
  if (!compressed) return linesFromEnd(path, size, wanted);
  const whole = { path, compressed, skipBytes: 0, skipLines: 0 };
  if (wanted === Infinity) return { part: whole, missing: wanted };
  let lines = 0;
  for await (const piece of decompressed(path)) lines += newlinesIn(piece);
  return { part: { ...whole, skipLines: Math.max(0, lines - wanted) }, missing: wanted - lines };
}

/** Looks for the line ends from the end of a file on. */
function linesFromEnd(path: string, size: number, wanted: number): { part: Part; missing: number } {
  const part = { path, compressed: false, skipBytes: 0, skipLines: 0 };
  if (wanted === Infinity || size === 0) return { part, missing: wanted };
  if (wanted <= 0) return { part: { ...part, skipBytes: size }, missing: 0 };
  using file = Deno.openSync(path);
  const buffer = new Uint8Array(Math.min(PIECE, size));
  let left = wanted;
  for (let end = size; end > 0;) {
    const begin = Math.max(0, end - buffer.length);
    const piece = buffer.subarray(0, end - begin);
    file.seekSync(begin, Deno.SeekMode.Start);
    readFully(file, piece);
    // A newline at the very end ends the last line, and does not begin another one.
    let at = piece.length - (end === size ? 1 : 0);
    while (at > 0 && (at = piece.lastIndexOf(NEWLINE, at - 1)) >= 0) {
      if (--left === 0) return { part: { ...part, skipBytes: begin + at + 1 }, missing: 0 };
    }
    end = begin;
  }
  return { part, missing: left - 1 };
}

function readFully(file: Deno.FsFile, piece: Uint8Array): void {
  for (let at = 0; at < piece.length;) {
    const count = file.readSync(piece.subarray(at));
    if (count === null) {
      piece.fill(0, at); // somebody has truncated the file
      return;
    }
    at += count;
  }
}

/** `end`: where to end in the last part, which grows meanwhile; `undefined` if that is an archive. */
async function* piecesOf(
  parts: readonly Part[],
  end: LogTail["end"],
): AsyncGenerator<Uint8Array, void, void> {
  for (const [index, { path, compressed, skipBytes, skipLines }] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const pieces = compressed ? decompressed(path) : plain(path, skipBytes, isLast ? end : undefined);
    let skip = skipLines;
    for await (const piece of pieces) {
      let from = 0;
      for (; skip > 0 && from < piece.length; skip--) {
        const found = piece.indexOf(NEWLINE, from);
        if (found === -1) {
          from = piece.length;
          break;
        }
        from = found + 1;
      }
      if (from < piece.length) yield piece.subarray(from);
    }
  }
}

async function* plain(
  path: string,
  from: number,
  end?: LogTail["end"],
): AsyncGenerator<Uint8Array, void, void> {
  using file = end === undefined ? Deno.openSync(path) : openSame(path, end.inode);
  const limit = end?.offset ?? Infinity;
  await file.seek(from, Deno.SeekMode.Start);
  for (let at = from; at < limit;) {
    const buffer = new Uint8Array(Math.min(PIECE, limit - at));
    const count = await file.read(buffer);
    if (count === null) return;
    at += count;
    yield buffer.subarray(0, count);
  }
}

/** Opens the file that was at the path: it may have been rotated since then. */
function openSame(path: string, inode: number | null): Deno.FsFile {
  const archive = lookAt(path)?.ino === inode
    ? undefined
    : archivesOf(path).find((one) => one.inode === inode);
  return Deno.openSync(archive?.path ?? path);
}

async function* decompressed(path: string): AsyncGenerator<Uint8Array, void, void> {
  const file = await Deno.open(path); // the stream closes it
  yield* file.readable.pipeThrough(new DecompressionStream("gzip"));
}

function newlinesIn(piece: Uint8Array): number {
  let count = 0;
  for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
