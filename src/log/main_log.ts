/**
 * The main log, kept by LogTape: levels and delivery are the library's, the lines and where they go are ours. Until
 * the log can be opened its lines wait in a buffer (daemon and init 5.3). The library is loaded when the log is opened
 * for the first time, and not before.
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

/** The library's names for our levels. */
const LEVELS = { debug: "debug", info: "info", warn: "warning", error: "error" } as const;

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
  #usesLibrary = false;
  /** Brings a line to the writer: directly at first, and by the library from the first opening on. */
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
    // As a property, and not as the template: text of a service must not be taken for a placeholder.
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
 * LogTape; `undefined` if it is neither in Deno's cache nor downloadable, as at a first start without a network. The log
 * does without it then: the lines are the same.
 */
async function loadLibrary(): Promise<typeof import("@logtape/logtape") | undefined> {
  try {
    // `lazy-dynamic-imports` in deno.json: a daemon without a main log never downloads the package.
    return await import("@logtape/logtape");
  } catch (error) {
    if (error instanceof TypeError) return undefined; // how Deno reports a module that it cannot load
    throw error;
  }
}
