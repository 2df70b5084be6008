import { encodeBytes, reasonText } from "../../model/mod.ts";
import { addArchive, type ArchiveLimits, Compressor, periodEnd, trimArchives } from "../../rotation/mod.ts";
import type { Files } from "../../system/mod.ts";
import { createFileLike } from "../../system/rotating.ts";
import { HeldOutput } from "./held_output.ts";
import { NEWLINE } from "./line_format.ts";
import { LogFile } from "./log_file.ts";

/** How often to look, at most, whether the path still leads to the open file, in milliseconds. */
const LOOK_INTERVAL = 500;
/** The pause before another attempt to write, in milliseconds. */
const RETRY_PAUSE = 1000;
/** The same if only the reader of a FIFO is slow. */
const SLOW_READER_PAUSE = 50;
/** How much output to hold while it cannot be written, in bytes. */
const HELD_LIMIT = 1024 ** 2;

/** When to begin another file, and what becomes of the earlier ones. */
export interface OutputOptions extends ArchiveLimits {
  /** In bytes; 0: no limit. */
  readonly maxSize: number;
  /** In milliseconds; 0: no limit. */
  readonly maxAge: number;
  readonly compress: boolean;
  /** The permissions of new files. */
  readonly mode: number;
}

/** What an output receives from its maker. */
export interface OutputContext {
  readonly files: Files;
  /** Wall clock time in milliseconds since 1970. */
  now(): number;
  /** Reports a problem, or its end, in one line. */
  report(text: string): void;
}

/**
 * Writes whole lines to a log file, and begins another file when its limits are reached. What cannot be written is held
 * in memory up to 1 MB, and written as soon as that is possible.
 */
export class LogOutput {
  readonly #path: string;
  readonly #options: OutputOptions;
  readonly #context: OutputContext;
  readonly #held = new HeldOutput(HELD_LIMIT);
  #file: LogFile | undefined;
  #compressor: Compressor | undefined;
  #looked = -Infinity;
  /** When the age limit of the file is reached. */
  #periodEnd = Infinity;
  /** The size from which on to rotate. */
  #sizeLimit = Infinity;
  #trouble: string | undefined;
  /** The last rotation has failed. */
  #unrotated = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** Opens the file, or holds the output until it can be opened. */
  constructor(path: string, options: OutputOptions, context: OutputContext) {
    this.#path = path;
    this.#options = options;
    this.#context = context;
    if (!this.#open()) this.#retryIn(RETRY_PAUSE);
  }

  /** Whether the file ends with a whole line, as far as it is known. */
  get atLineStart(): boolean {
    return this.#held.length === 0 && (this.#file?.atLineStart ?? true);
  }

  /** Appends output. */
  append(bytes: Uint8Array): void {
    if (this.#held.length > 0 || this.#retry !== undefined) return this.#held.add(bytes);
    // The cast: nobody shares memory with another thread here.
    const written = this.#look() ? this.#write(bytes as Uint8Array<ArrayBuffer>) : 0;
    if (written < bytes.length) this.#hold(bytes.subarray(written));
  }

  /** Opens the path again: another program may have renamed the file. */
  reopen(): void {
    if (!this.#open()) this.#retryIn(RETRY_PAUSE);
  }

  /** Tries once more to write what is held, and closes the file. Resolves when nothing of it runs any more. */
  async close(): Promise<void> {
    if (this.#held.length > 0) this.#flush();
    clearTimeout(this.#retry);
    if (this.#held.length > 0) this.#context.report(`${this.#held.length} bytes of output are lost`);
    this.#close();
    await this.#compressor?.stop();
  }

  /** Opens the file again if its path leads elsewhere. False if that is not possible. */
  #look(): boolean {
    const now = this.#context.now();
    const isDue = Math.abs(now - this.#looked) >= LOOK_INTERVAL;
    if (isDue) this.#looked = now;
    if (this.#file !== undefined && (!isDue || this.#file.isAt(this.#path))) return true;
    return this.#open();
  }

  #open(): boolean {
    this.#close();
    try {
      this.#file = new LogFile(this.#path, this.#options.mode, this.#context.files);
    } catch (error) {
      return this.#fail(error);
    }
    const { path, isRegular, written } = this.#file;
    this.#sizeLimit = isRegular ? this.#options.maxSize || Infinity : Infinity;
    this.#begin(written);
    if (isRegular && this.#options.compress && this.#compressor === undefined) {
      const { files, report } = this.#context;
      this.#compressor = new Compressor(path, {
        create: (archive, like) => createFileLike(files, archive, like),
        report: (error) => report(`cannot compress an archive of ${path}: ${reasonText(error)}`),
      });
      this.#compressor.wake();
    }
    return true;
  }

  #close(): void {
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
  }

  /** The age of the file counts from this time on; for an empty file, from its first output on. */
  #begin(time: number | undefined): void {
    const { maxAge } = this.#options;
    const isAged = maxAge > 0 && this.#file?.isRegular && time !== undefined;
    this.#periodEnd = isAged ? periodEnd(maxAge, time) : Infinity;
  }

  /** Writes output, and returns how many bytes of it. */
  #write(bytes: Uint8Array<ArrayBuffer>): number {
    const now = this.#context.now();
    let at = 0;
    while (at < bytes.length) {
      const file = this.#file;
      if (file === undefined) break;
      if (file.size === 0) this.#begin(now);
      const isOver = now >= this.#periodEnd;
      const length = lengthToWrite(bytes.subarray(at), isOver ? 0 : this.#sizeLimit - file.size, file);
      if (length === 0) {
        this.#rotate(file, bytes.length - at);
        continue;
      }
      try {
        const count = file.write(bytes.subarray(at, at + length));
        at += count;
        if (count === 0) break;
      } catch (error) {
        this.#fail(error);
        break;
      }
    }
    return at;
  }

  /** Loses nothing: if the file cannot be renamed, it goes on growing, at least by the `next` bytes. */
  #rotate(file: LogFile, next: number): void {
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
      if (file.isAt(path)) return;
    }
    this.#open();
    this.#compressor?.wake();
  }

  /** Holds output until it can be written. */
  #hold(bytes: Uint8Array): void {
    this.#held.add(bytes);
    this.#retryIn(this.#trouble === undefined ? SLOW_READER_PAUSE : RETRY_PAUSE);
  }

  #retryIn(pause: number): void {
    this.#retry ??= setTimeout(() => this.#flush(), pause);
  }

  /** Writes what is held. */
  #flush(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const reopened = this.#trouble === undefined || this.#open();
    if (reopened && this.#look()) {
      const { lost } = this.#held;
      this.#held.drain((bytes) => this.#write(bytes));
      if (this.#held.length === 0) return this.#resume(lost);
    }
    this.#retryIn(this.#trouble === undefined ? SLOW_READER_PAUSE : RETRY_PAUSE);
  }

  /** Everything is written: reports the end of the trouble, and what was lost, also in the log itself. */
  #resume(lost: number): void {
    const { report } = this.#context;
    const trouble = this.#trouble;
    this.#trouble = undefined;
    this.#held.clear();
    if (lost > 0) {
      const begin = this.#file?.atLineStart ? "" : "\n";
      this.append(
        encodeBytes(`${begin}(dinit-log: ${lost} bytes of output were lost: ${trouble ?? "slow reader"})\n`),
      );
    }
    if (trouble === undefined && lost === 0) return;
    report(`${this.#path} is written again${lost === 0 ? "" : `; ${lost} bytes of output were lost`}`);
  }

  /** Reports the first failure of a row of failures. Returns false. */
  #fail(error: unknown): false {
    if (!isSystemError(error)) throw error;
    if (this.#trouble === undefined) {
      this.#context.report(
        `cannot write ${this.#path}: ${reasonText(error)}; the last ${
          HELD_LIMIT / 1024 ** 2
        } MB of output are kept in memory`,
      );
    }
    this.#trouble = reasonText(error);
    return false;
  }
}

/**
 * How many bytes to write before the next rotation; 0: rotate now. A file ends with a whole line, so the rest of a line,
 * and a line that is longer than a file may be, exceed the limit.
 *
 * @param room how many bytes the file may still get
 */
function lengthToWrite(bytes: Uint8Array, room: number, { size, atLineStart }: LogFile): number {
  if (bytes.length <= room) return bytes.length;
  const fitting = room > 0 ? bytes.lastIndexOf(NEWLINE, room - 1) + 1 : 0;
  if (fitting > 0) return fitting;
  if (atLineStart && size > 0) return 0;
  const lineEnd = bytes.indexOf(NEWLINE) + 1;
  return lineEnd === 0 ? bytes.length : lineEnd;
}

/** Whether a call of the system has failed, or a grant is missing; everything else is a bug. */
function isSystemError(error: unknown): boolean {
  return error instanceof Deno.errors.NotCapable ||
    (error instanceof Error && /\(os error \d+\)/.test(error.message));
}
