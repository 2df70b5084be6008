/**
 * The console as a log (daemon and init 5.5). While a service has the console, lines wait. Lines that have waited for a
 * second are no longer useful and are dropped.
 */

import { encodeBytes } from "../model/mod.ts";
import { withColour } from "./console_colour.ts";
import { type LineSink, LineWriter } from "./line_writer.ts";

/** Lines that have waited this long, in milliseconds, are dropped. */
const STALE_AFTER = 1000;

/** Options of a console log. */
export interface ConsoleLogOptions {
  /** Milliseconds of a clock that never runs backwards. @default performance.now */
  readonly now?: () => number;
  /** Whether the labels of service lines are coloured. @default false */
  readonly colour?: boolean;
  /** Writing to the console failed; it will be tried again. @default nothing */
  readonly failed?: (error: Error) => void;
  /** Writing to the console works again; `lost` messages were lost. @default nothing */
  readonly recovered?: (lost: number) => void;
}

/** Writes lines to the console, and knows who has the console. */
export class ConsoleLog {
  readonly #sink: LineSink;
  readonly #writer: LineWriter;
  readonly #now: () => number;
  readonly #colour: boolean;
  #yieldedAt = 0;

  constructor(sink: LineSink, options: ConsoleLogOptions = {}) {
    this.#sink = sink;
    this.#writer = new LineWriter(sink, { failed: options.failed, recovered: options.recovered });
    this.#now = options.now ?? (() => performance.now());
    this.#colour = options.colour ?? false;
  }

  /** Writes a line, or keeps it while a service has the console. */
  write(line: string): void {
    this.#writer.write(this.#colour ? withColour(line) : line);
  }

  /** Writes text at any log level, for a person at the console who must answer a question. */
  async print(text: string): Promise<void> {
    await this.flush(STALE_AFTER);
    try {
      for (let rest = encodeBytes(text); rest.length > 0;) {
        rest = rest.subarray(await this.#sink.write(rest));
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error; // a dead console shows nothing
    }
  }

  /** Gives the console away. True: at once; false: `yielded` is called when the earlier lines are written. */
  yield(yielded: () => void): boolean {
    const done = () => {
      this.#yieldedAt = this.#now();
    };
    const atOnce = this.#writer.pause(() => {
      done();
      yielded();
    });
    if (atOnce) done();
    return atOnce;
  }

  /** Takes the console back. */
  takeBack(): void {
    this.#writer.resume({ discard: this.#now() - this.#yieldedAt >= STALE_AFTER });
  }

  /** Waits until everything is written, at most `limit` milliseconds. */
  flush(limit: number): Promise<void> {
    return this.#writer.flush(limit);
  }
}
