/**
 * The daemon's two logs: the console, which shows people what goes on, and the main log, which keeps it
 * (daemon and init 5).
 */

import type { EngineLog, LogLevel, Service, Trouble } from "../engine/mod.ts";
import { passes, type Threshold } from "./levels.ts";

/** What is shown on the console. */
export interface ConsoleLevels {
  /** From which level on messages are shown. */
  readonly messages: Threshold;
  /** From which level on service status lines are shown. */
  readonly status: Threshold;
}

/** How a service came to be where it is, in the words of each stream. */
const STATUS = {
  started: { console: "[  OK  ]", main: "started" },
  failed: { console: "[FAILED]", main: "failed to start" },
  stopped: { console: "[STOPPD]", main: "stopped" },
} as const;

/** A stream of lines: a `LineWriter`, or a test's recorder. */
export interface LineStream {
  write(line: string): void;
}

/** The main log: a `MainLog`, or a test's recorder. */
export interface MainLogStream {
  log(level: LogLevel, line: string): void;
}

/** Sends each message to the streams that are meant to have it. */
export class DaemonLog implements EngineLog {
  readonly #console: LineStream;
  readonly #levels: ConsoleLevels;
  readonly #main: MainLogStream | undefined;
  #watcher: ((service: Service, trouble: Trouble) => void) | undefined;

  /** `main` is `undefined` if there is no main log. */
  constructor(console: LineStream, levels: ConsoleLevels, main: MainLogStream | undefined) {
    this.#console = console;
    this.#levels = levels;
    this.#main = main;
  }

  message(level: LogLevel, text: string): void {
    const line = `dinit: ${text}`;
    if (passes(level, this.#levels.messages)) this.#console.write(line);
    this.#main?.log(level, line);
  }

  /** A message that the main log alone is to have. */
  record(level: LogLevel, text: string): void {
    this.#main?.log(level, `dinit: ${text}`);
  }

  /** Passes on what goes wrong with services. */
  watchTrouble(watcher: (service: Service, trouble: Trouble) => void): void {
    this.#watcher = watcher;
  }

  trouble(service: Service, trouble: Trouble): void {
    this.#watcher?.(service, trouble);
  }

  /**
   * A line that the reference does not have: on the console alone, where errors are shown. Programs that read the main
   * log find the reference's lines in it.
   */
  explain(line: string): void {
    if (passes("error", this.#levels.messages)) this.#console.write(line);
  }

  /** A message that the console alone is to have. */
  show(level: LogLevel, text: string): void {
    if (passes(level, this.#levels.messages)) this.#console.write(`dinit: ${text}`);
  }

  started(name: string): void {
    this.#status("started", name, "info", "info");
  }

  failed(name: string, viaDependency: boolean): void {
    this.#status("failed", name, viaDependency ? "warn" : "error", "error");
  }

  stopped(name: string): void {
    this.#status("stopped", name, "info", "info");
  }

  #status(status: keyof typeof STATUS, name: string, consoleLevel: LogLevel, mainLevel: LogLevel): void {
    if (passes(consoleLevel, this.#levels.status)) this.#console.write(`${STATUS[status].console} ${name}`);
    this.#main?.log(mainLevel, `dinit: service ${name} ${STATUS[status].main}.`);
  }
}
