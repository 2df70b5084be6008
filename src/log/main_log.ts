/**
 * The main log. LogTape handles levels and delivery; the lines and their destination are ours. Lines wait in a buffer
 * until the log is open (daemon and init 5.3). The library is loaded when the log is opened for the first time.
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

/** The library's names for our levels. */
const LEVELS = { debug: "debug", info: "info", warn: "warning", error: "error" } as const;

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
  #usesLibrary = false;
  /** Passes a line to the writer: directly at first, and through the library after the first opening. */
  #deliver: (level: LogLevel, line: string) => void = (level, line) => {
    if (passes(level, this.#threshold)) this.#write(level, line);
  };

  constructor(target: MainLogTarget, threshold: Threshold) {
    this.#target = target;
    this.#threshold = threshold;
  }

  log(level: LogLevel, line: string): void {
    this.#deliver(level, line);
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
    if (sink === undefined) return;
    this.#writer.attach(sink);
    if (this.#threshold !== "none" && !this.#usesLibrary) await this.#useLibrary(this.#threshold);
  }

  #write(level: LogLevel, line: string): void {
    this.#writer.write(this.#target.prefix(level) + line);
  }

  async #useLibrary(threshold: LogLevel): Promise<void> {
    const library = await loadLibrary();
    if (library === undefined) return;
    const { configureSync, getLogger } = library;
    const ours = new Map<string, LogLevel>(
      (Object.keys(LEVELS) as LogLevel[]).map((level) => [LEVELS[level], level]),
    );
    configureSync({
      reset: true,
      sinks: { target: (record) => this.#write(ours.get(record.level)!, record.message.join("")) },
      loggers: [
        { category: ["dinit"], sinks: ["target"], lowestLevel: LEVELS[threshold] },
        { category: ["logtape", "meta"], sinks: [], lowestLevel: "fatal" },
      ],
    });
    const logger = getLogger(["dinit"]);
    this.#usesLibrary = true;
    // As a property and not as the template, because text of a service must not be read as a placeholder.
    this.#deliver = (level, line) =>
      logger.emit({
        timestamp: Date.now(),
        level: LEVELS[level],
        message: [line],
        rawMessage: line,
        properties: {},
      });
  }
}

/**
 * LogTape; `undefined` if it is neither in Deno's cache nor downloadable, for example at a first start without a
 * network. The log then works without it; the lines are the same.
 */
async function loadLibrary(): Promise<typeof import("@logtape/logtape") | undefined> {
  try {
    // `as string` hides the package from Deno's module graph: a daemon without a main log never downloads it.
    return await import("@logtape/logtape" as string);
  } catch (error) {
    if (error instanceof TypeError) return undefined; // how Deno reports a module that it cannot load
    throw error;
  }
}
