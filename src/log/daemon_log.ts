/**
 * The daemon's two logs: the console, which shows what happens, and the main log, which keeps it (daemon and init 5).
 */

import type { Fact, FactSink } from "../engine/mod.ts";
import { factLine, messageLine } from "./json.ts";
import { type LogLevel, passes, type Threshold } from "./levels.ts";
import { type MessageWords, sentence, type ServiceStatusWords, words } from "./wording.ts";

/** What is shown on the console. */
export interface ConsoleLevels {
  /** The lowest level of messages to show. */
  readonly messages: Threshold;
  /** The lowest level of service status lines to show. */
  readonly status: Threshold;
}

/** How a service came to be where it is, on the console. */
const STATUS = { started: "[  OK  ]", failed: "[FAILED]", stopped: "[STOPPD]" } as const;

/** The format of the main log: sentences, or facts as JSON. */
export type LogFormat = "text" | "json";

/** A stream of lines: a `LineWriter`, or a test's recorder. */
export interface LineStream {
  write(line: string): void;
}

/** The main log: a `MainLog`, or a test's recorder. */
export interface MainLogStream {
  log(level: LogLevel, line: string): void;
}

/** The log as other parts of the daemon use it. */
export interface MessageLog {
  /** An ordinary message, without the `dinit: ` prefix. */
  message(level: LogLevel, text: string): void;
}

/** Sends each message and fact to the streams that want it. */
export class DaemonLog implements MessageLog, FactSink {
  readonly #console: LineStream;
  readonly #levels: ConsoleLevels;
  readonly #main: MainLogStream | undefined;
  readonly #format: LogFormat;
  readonly #now: () => number;

  /**
   * `main` is `undefined` if there is no main log. `format` is that of the main log; `now` is the engine's clock, in
   * milliseconds.
   */
  constructor(
    console: LineStream,
    levels: ConsoleLevels,
    main: MainLogStream | undefined,
    { format = "text", now = () => performance.now() }: { format?: LogFormat; now?: () => number } = {},
  ) {
    this.#console = console;
    this.#levels = levels;
    this.#main = main;
    this.#format = format;
    this.#now = now;
  }

  message(level: LogLevel, text: string): void {
    this.show(level, text);
    this.record(level, text);
  }

  /** A message for the main log only. */
  record(level: LogLevel, text: string): void {
    this.#main?.log(
      level,
      this.#format === "json" ? messageLine(level, text, this.#now()) : `dinit: ${text}`,
    );
  }

  fact(fact: Fact): void {
    const said = words(fact);
    if (said === undefined) {
      if (this.#format === "json") this.#main?.log("info", factLine("info", fact));
      return;
    }
    if ("status" in said) this.#status(said, fact);
    else this.#say(said, fact);
  }

  /**
   * A line that the reference does not have: only on the console, if it shows errors. Programs that read the main log
   * expect only the reference's lines.
   */
  explain(line: string): void {
    if (passes("error", this.#levels.messages)) this.#console.write(line);
  }

  /** A message for the console only. */
  show(level: LogLevel, text: string): void {
    if (passes(level, this.#levels.messages)) this.#console.write(`dinit: ${text}`);
  }

  #status(said: ServiceStatusWords, fact: Fact): void {
    const { status, service, consoleLevel, level } = said;
    if (passes(consoleLevel, this.#levels.status)) this.#console.write(`${STATUS[status]} ${service}`);
    this.#recordFact(level, fact, sentence(said));
  }

  #say({ level, text, more }: MessageWords, fact: Fact): void {
    this.show(level, text);
    this.#recordFact(level, fact, text);
    if (more === undefined) return;
    this.show(level, more);
    if (this.#format === "text") this.record(level, more);
  }

  #recordFact(level: LogLevel, fact: Fact, text: string): void {
    this.#main?.log(level, this.#format === "json" ? factLine(level, fact, text) : `dinit: ${text}`);
  }
}
