/**
 * The main log. Until it can be opened its lines wait in a buffer (daemon and init 5.3).
 */

import { type LogLevel, passes, type Threshold } from "./levels.ts";
import { type LineSink, LineWriter } from "./line_writer.ts";

/** Where the main log goes. */
export interface MainLogTarget {
  /** What a line of that level begins with. */
  prefix(level: LogLevel): string;
  /** Opens it; `undefined` if it is not there yet. Throws what the system says. */
  open(): Promise<LineSink | undefined>;
}

/** Is told about the main log; what it says may be lines of the log. */
export interface MainLogWatcher {
  /** The log takes no lines; it will be tried again. */
  failed(error: Error): void;
  /** The log takes lines again; so many were lost. */
  recovered(lost: number): void;
}

/** The main log. If it fails, lines wait in the buffer again, and it is opened again until that succeeds. */
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

  /** Opens the log unless it is open, and delivers what has waited. Throws what the target throws. */
  open(): Promise<void> {
    this.#opening ??= this.#open().finally(() => this.#opening = undefined);
    return this.#opening;
  }

  /** Somebody is told from now on when the log fails, and when it works again. */
  watch(watcher: MainLogWatcher): void {
    this.#watcher = watcher;
  }

  /** Opens the log once more, if it is open: its file is to be made at its path. */
  reopen(): void {
    this.#writer.renew();
  }

  /** The log could not be opened: tries again until that succeeds. */
  keepTrying(): void {
    this.#writer.keepTrying();
  }

  /** Waits until everything is written if the log is open, at most `limit` milliseconds. */
  flush(limit: number): Promise<void> {
    return this.#writer.flush(limit);
  }

  async #open(): Promise<void> {
    if (this.#writer.attached) return;
    const sink = await this.#target.open();
    if (sink !== undefined) this.#writer.attach(sink);
  }
}
