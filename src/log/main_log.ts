/**
 * The main log. Until it can be opened its lines wait in a buffer (daemon and init 5.3).
 */

import { type LogLevel, passes, type Threshold } from "./levels.ts";
import { type LineSink, LineWriter } from "./line_writer.ts";

/** The destination of the main log. */
export interface MainLogTarget {
  /** The prefix of a line of that level. */
  prefix(level: LogLevel): string;
  /** Opens it; `undefined` if it does not exist yet. Throws the system's error. */
  open(): Promise<LineSink | undefined>;
}

/** Receives news about the main log; its messages may become lines of the log. */
export interface MainLogWatcher {
  /** The log accepts no lines; it will be tried again. */
  failed(error: Error): void;
  /** The log accepts lines again; `lost` of them were lost. */
  recovered(lost: number): void;
}

/** The main log. If it fails, lines wait in the buffer, and opening is tried again until it succeeds. */
export class MainLog {
  readonly #target: MainLogTarget;
  readonly #threshold: Threshold;
  readonly #writer = new LineWriter(undefined, {
    reopen: () => this.open(),
    failed: (error) => this.#watcher?.failed(error),
    recovered: (lost) => this.#watcher?.recovered(lost),
  });
  #watcher: MainLogWatcher | undefined;
  #opening: Promise<void> | undefined;

  constructor(target: MainLogTarget, threshold: Threshold) {
    this.#target = target;
    this.#threshold = threshold;
  }

  /** Writes a line if its level passes the threshold of the log. */
  log(level: LogLevel, line: string): void {
    if (passes(level, this.#threshold)) this.#writer.write(this.#target.prefix(level) + line);
  }

  /** Opens the log unless it is open, and delivers the waiting lines. Throws the error of the target. */
  open(): Promise<void> {
    this.#opening ??= this.#open().finally(() => this.#opening = undefined);
    return this.#opening;
  }

  /** From now on this watcher learns when the log fails, and when it works again. */
  watch(watcher: MainLogWatcher): void {
    this.#watcher = watcher;
  }

  /** Opens the log again, if it is open, so that its file is created at its path. */
  reopen(): void {
    this.#writer.renew();
  }

  /** Opening failed: tries again until it succeeds. */
  keepTrying(): void {
    this.#writer.keepTrying();
  }

  /** If the log is open, waits until everything is written, at most `limit` milliseconds. */
  flush(limit: number): Promise<void> {
    return this.#writer.flush(limit);
  }

  async #open(): Promise<void> {
    if (this.#writer.attached) return;
    const sink = await this.#target.open();
    if (sink !== undefined) this.#writer.attach(sink);
  }
}
