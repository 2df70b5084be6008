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

/** The main log. */
export class MainLog {
  readonly #target: MainLogTarget;
  readonly #threshold: Threshold;
  readonly #writer = new LineWriter(undefined, { keep: true });
  #opening: Promise<void> | undefined;
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

  /** Waits until everything is written if the log is open, at most `limit` milliseconds. */
  flush(limit: number): Promise<void> {
    return this.#writer.flush(limit);
  }

  async #open(): Promise<void> {
    if (this.#writer.attached) return;
    const sink = await this.#target.open();
    if (sink === undefined) return;
    this.#writer.attach(sink);
    if (this.#threshold !== "none") await this.#useLibrary(this.#threshold);
  }

  #write(level: LogLevel, line: string): void {
    this.#writer.write(this.#target.prefix(level) + line);
  }

  async #useLibrary(threshold: LogLevel): Promise<void> {
    const { configureSync, getLogger } = await import("@logtape/logtape");
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
