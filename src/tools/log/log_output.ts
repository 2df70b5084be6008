import { encodeBytes, reasonText } from "../../model/mod.ts";
import { HeldOutput } from "./held_output.ts";
import { LOG_FLAGS } from "./log_file.ts";
import {
  isSystemError,
  lengthToWrite,
  RotatedFile,
  type RotatedFileContext,
  type RotationOptions,
} from "./rotated_file.ts";

/** The pause before another attempt to write, in milliseconds. */
export const RETRY_PAUSE = 1000;
/** The same if only the reader of a FIFO is slow. */
export const SLOW_READER_PAUSE = 50;
/** How much output to hold while it cannot be written, in bytes. */
export const HELD_LIMIT = 1024 ** 2;

/** When to begin another file, and what becomes of the earlier ones. */
export interface OutputOptions extends RotationOptions {
  /** The permissions of new files. */
  readonly mode: number;
}

/** What an output receives from its maker. */
export type OutputContext = Omit<RotatedFileContext, "open">;

/**
 * Writes whole lines to a log file, and begins another file when its limits are reached. What cannot be written is held
 * in memory up to 1 MB, and written as soon as that is possible.
 */
export class LogOutput {
  readonly #path: string;
  readonly #context: OutputContext;
  readonly #held = new HeldOutput(HELD_LIMIT);
  readonly #rotated: RotatedFile;
  #trouble: string | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** Opens the file, or holds the output until it can be opened. */
  constructor(path: string, options: OutputOptions, context: OutputContext) {
    this.#path = path;
    this.#context = context;
    const { files } = context;
    const { mode } = options;
    const open = (opened: string) => files.open(opened, LOG_FLAGS, { mode });
    this.#rotated = new RotatedFile(path, options, { ...context, open });
    if (!this.#open()) this.#retryIn(RETRY_PAUSE);
  }

  /** Whether the file ends with a whole line, as far as it is known. */
  get atLineStart(): boolean {
    return this.#held.length === 0 && (this.#rotated.file?.atLineStart ?? true);
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
    await this.#rotated.close();
  }

  /** Opens the file again if its path leads elsewhere. False if that is not possible. */
  #look(): boolean {
    return this.#try(() => this.#rotated.look());
  }

  #open(): boolean {
    return this.#try(() => this.#rotated.open());
  }

  #try(open: () => unknown): boolean {
    try {
      open();
      return true;
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** Writes output, and returns how many bytes of it. */
  #write(bytes: Uint8Array<ArrayBuffer>): number {
    let at = 0;
    while (at < bytes.length) {
      const { file } = this.#rotated;
      if (file === undefined) break;
      const length = lengthToWrite(bytes.subarray(at), this.#rotated.room(file), file);
      try {
        if (length === 0) {
          this.#rotated.rotate(file, bytes.length - at);
          continue;
        }
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
      const begin = this.#rotated.file?.atLineStart ? "" : "\n";
      this.append(encodeBytes(`${begin}${lostText(lost, trouble ?? "slow reader")}`));
    }
    if (trouble === undefined && lost === 0) return;
    report(writtenAgainText(this.#path, lost));
  }

  /** Reports the first failure of a row of failures. Returns false. */
  #fail(error: unknown): false {
    if (!isSystemError(error)) throw error;
    if (this.#trouble === undefined) this.#context.report(troubleText(this.#path, error));
    this.#trouble = reasonText(error);
    return false;
  }
}

/** The line in the log for output that was lost. */
export function lostText(lost: number, trouble: string): string {
  return `(dinit-log: ${lost} bytes of output were lost: ${trouble})\n`;
}

/** The report that a log cannot be written. */
export function troubleText(path: string, error: Error): string {
  const held = HELD_LIMIT / 1024 ** 2;
  return `cannot write ${path}: ${reasonText(error)}; the last ${held} MB of output are kept in memory`;
}

/** The report that it can be written again. */
export function writtenAgainText(path: string, lost: number): string {
  return `${path} is written again${lost === 0 ? "" : `; ${lost} bytes of output were lost`}`;
}
