/**
 * The archives of a log file: `web.log.1` is the newest one, then come `web.log.2.gz`, `web.log.3.gz` and so on. The
 * newest one is not compressed, so that programs which still read the log can finish it.
 */

/** One archive. */
export interface Archive {
  /** 1 for the newest one. */
  readonly number: number;
  readonly path: string;
  /** Whether it is compressed with gzip. */
  readonly compressed: boolean;
  /** In bytes, on disk. */
  readonly size: number;
  /** The number of the file in its file system, if the runtime knows it. */
  readonly inode: number | null;
  /** When it was last written, in milliseconds since 1970. */
  readonly written: number;
}

/** Which archives to keep. */
export interface ArchiveLimits {
  /** The number of archives, 0 or more. */
  readonly keep: number;
  /** The largest number of bytes of all archives together. @default no limit */
  readonly keepSize?: number;
}

/** A rotation that was killed leaves one number unused; two in a row mean that there are no more archives. */
const UNUSED_IN_A_ROW = 2;

/** The archives of the log file at `path`, newest first. Throws the runtime's error if the folder is not readable. */
export function archivesOf(path: string): Archive[] {
  const found: Archive[] = [];
  for (let number = 1, unused = 0; unused < UNUSED_IN_A_ROW; number++) {
    const archive = archiveAt(path, number);
    unused = archive === undefined ? unused + 1 : 0;
    if (archive !== undefined) found.push(archive);
  }
  return found;
}

/** A compressed archive is complete: it replaces the other file of its number, which a killed program may have left. */
function archiveAt(path: string, number: number): Archive | undefined {
  for (const compressed of [true, false]) {
    const name = archiveName(path, number, compressed);
    const found = lookAtEntry(name);
    if (found?.isFile !== true) continue;
    const { size, ino, mtime } = found;
    return { number, path: name, compressed, size, inode: ino, written: mtime?.getTime() ?? 0 };
  }
  return undefined;
}

/** The path of an archive. */
export function archiveName(path: string, number: number, compressed: boolean): string {
  return `${path}.${number}${compressed ? ".gz" : ""}`;
}

/** The file at a path; `undefined` if there is none. Throws the runtime's error. */
export function lookAt(path: string): Deno.FileInfo | undefined {
  return unlessMissing(() => Deno.statSync(path));
}

/** What the last part of a path names, without following a link. Otherwise like `lookAt`. */
export function lookAtEntry(path: string): Deno.FileInfo | undefined {
  return unlessMissing(() => Deno.lstatSync(path));
}

function unlessMissing(look: () => Deno.FileInfo): Deno.FileInfo | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Frees the number 1: each archive gets the next number, up to the first unused one. Returns the path for the new
 * archive. Throws the runtime's error, and may have renamed some archives by then, but has lost none.
 */
export function addArchive(path: string): string {
  const archives = archivesOf(path);
  const row = archives.filter(({ number }, index) => number === index + 1);
  for (const { number, path: from, compressed } of row.reverse()) {
    // First: otherwise a program that is killed leaves the archive under two numbers.
    if (compressed) removeIfThere(archiveName(path, number, false));
    Deno.renameSync(from, archiveName(path, number + 1, compressed));
  }
  return archiveName(path, 1, false);
}

/** Removes the oldest archives that exceed the limits. Throws the runtime's error. */
export function trimArchives(
  path: string,
  { keep, keepSize = Infinity }: ArchiveLimits,
): void {
  let sum = 0;
  for (const archive of archivesOf(path)) {
    sum += archive.size;
    if (archive.number > keep || sum > keepSize) removeIfThere(archive.path);
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
