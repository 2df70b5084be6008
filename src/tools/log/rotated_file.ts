import { reasonText } from "../../model/mod.ts";
import { addArchive, type ArchiveLimits, Compressor, periodEnd, trimArchives } from "../../rotation/mod.ts";
import type { Files } from "../../system/mod.ts";
import { createFileLike } from "../../system/rotating.ts";
import { NEWLINE } from "./line_format.ts";
import { LogFile } from "./log_file.ts";

/** How often to look, at most, whether the path still leads to the open file, in milliseconds. */
const LOOK_INTERVAL = 500;

/** When to begin another file, and what becomes of the earlier ones. */
export interface RotationOptions extends ArchiveLimits {
  /** In bytes; 0: no limit. */
  readonly maxSize: number;
  /** In milliseconds; 0: no limit. */
  readonly maxAge: number;
  readonly compress: boolean;
}

/** What a rotated file receives from its maker. */
export interface RotatedFileContext {
  readonly files: Files;
  /** Opens the file for appending; see `LogFile`. */
  open(path: string): number;
  /** Wall clock time in milliseconds since 1970. */
  now(): number;
  /** Reports a problem, or its end, in one line. */
  report(text: string): void;
}

/** The file at a path and its archives. Methods throw the system's error if the file cannot be opened. */
export class RotatedFile {
  readonly #path: string;
  readonly #context: RotatedFileContext;
  #options: RotationOptions;
  #file: LogFile | undefined;
  #compressor: Compressor | undefined;
  #looked = -Infinity;
  /** When the age limit of the file is reached. */
  #periodEnd = Infinity;
  /** The size from which on to rotate. */
  #sizeLimit = Infinity;
  /** The last rotation has failed. */
  #unrotated = false;

  /** It opens nothing yet. */
  constructor(path: string, options: RotationOptions, context: RotatedFileContext) {
    this.#path = path;
    this.#options = options;
    this.#context = context;
  }

  /** The open file. */
  get file(): LogFile | undefined {
    return this.#file;
  }

  /** Other limits hold from now on. */
  change(options: RotationOptions): void {
    this.#options = options;
    if (this.#file === undefined) return;
    this.#sizeLimit = this.#file.isRegular ? options.maxSize || Infinity : Infinity;
    this.#begin(this.#file.written ?? this.#context.now());
    this.#compress();
  }

  /** The file that the path leads to: opens it if that is another one than before. It looks at most twice a second. */
  look(): LogFile {
    const now = this.#context.now();
    const isDue = Math.abs(now - this.#looked) >= LOOK_INTERVAL;
    if (isDue) this.#looked = now;
    if (this.#file !== undefined && (!isDue || this.#file.isAt(this.#path))) return this.#file;
    return this.open();
  }

  /** Opens the path again. */
  open(): LogFile {
    this.#close();
    const { open, files } = this.#context;
    const file = this.#file = new LogFile(this.#path, open, files);
    this.#sizeLimit = file.isRegular ? this.#options.maxSize || Infinity : Infinity;
    this.#begin(file.written);
    this.#compress();
    return file;
  }

  /** How many bytes the file may still get. 0: not even one, also because of its age. */
  room(file: LogFile): number {
    const now = this.#context.now();
    if (file.size === 0) this.#begin(now);
    return now >= this.#periodEnd ? 0 : Math.max(0, this.#sizeLimit - file.size);
  }

  /**
   * Begins another file. It loses nothing: if the file cannot be renamed, it goes on growing, at least by the `next`
   * bytes.
   */
  rotate(file: LogFile, next: number): LogFile {
    const { path } = file;
    try {
      Deno.renameSync(path, addArchive(path));
      trimArchives(path, this.#options);
      this.#unrotated = false;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (!this.#unrotated) this.#context.report(`cannot rotate ${path}: ${reasonText(error)}`);
      this.#unrotated = true;
      const { maxSize } = this.#options;
      this.#sizeLimit = maxSize > 0 ? file.size + maxSize + next : Infinity;
      this.#periodEnd = Infinity;
      if (file.isAt(path)) return file;
    }
    const opened = this.open();
    this.#compressor?.wake();
    return opened;
  }

  /** Whether the last rotation was possible. */
  get isRotated(): boolean {
    return !this.#unrotated;
  }

  /** Closes the file. Resolves when nothing of it runs any more. */
  async close(): Promise<void> {
    this.#close();
    await this.#compressor?.stop();
  }

  #close(): void {
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
  }

  #compress(): void {
    const file = this.#file;
    if (!file?.isRegular || !this.#options.compress || this.#compressor !== undefined) return;
    const { files, report } = this.#context;
    this.#compressor = new Compressor(file.path, {
      create: (archive, like) => createFileLike(files, archive, like),
      report: (error) => report(`cannot compress an archive of ${file.path}: ${reasonText(error)}`),
    });
    this.#compressor.wake();
  }

  /** The age of the file counts from this time on; for an empty file, from its first output on. */
  #begin(time: number | undefined): void {
    const { maxAge } = this.#options;
    const isAged = maxAge > 0 && this.#file?.isRegular && time !== undefined;
    this.#periodEnd = isAged ? periodEnd(maxAge, time) : Infinity;
  }
}

/**
 * How many bytes to write before the next rotation; 0: rotate now. A file ends with a whole line, so the rest of a line,
 * and a line that is longer than a file may be, exceed the limit.
 *
 * @param room how many bytes the file may still get
 */
export function lengthToWrite(bytes: Uint8Array, room: number, { size, atLineStart }: LogFile): number {
  if (bytes.length <= room) return bytes.length;
  const fitting = room > 0 ? bytes.lastIndexOf(NEWLINE, room - 1) + 1 : 0;
  if (fitting > 0) return fitting;
  if (atLineStart && size > 0) return 0;
  const lineEnd = bytes.indexOf(NEWLINE) + 1;
  return lineEnd === 0 ? bytes.length : lineEnd;
}

/** Whether a call of the system has failed, or a grant is missing; everything else is a bug. */
export function isSystemError(error: unknown): error is Error {
  return error instanceof Deno.errors.NotCapable ||
    (error instanceof Error && /\(os error \d+\)/.test(error.message));
}
