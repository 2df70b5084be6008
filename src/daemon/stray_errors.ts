/**
 * Uncaught errors. A daemon that may be process 1 must not end because of one: the error is logged with its stack, and
 * the daemon continues.
 */

import { type MessageLog, RepeatedLines } from "../log/mod.ts";

/** Catches errors that would end the program, from its creation until the program exits. */
export class StrayErrors {
  #log: MessageLog | undefined;
  readonly #lines = new RepeatedLines((text) => this.#write(text));

  constructor() {
    globalThis.addEventListener("error", (event) => {
      event.preventDefault();
      this.report(event.error);
    });
    globalThis.addEventListener("unhandledrejection", (event) => {
      event.preventDefault();
      this.report(event.reason);
    });
  }

  /** From now on errors go to this log instead of standard error. */
  logTo(log: MessageLog): void {
    this.#log = log;
  }

  /** Reports an error in one line, with its stack. A repeated error is reported once a minute. */
  report(error: unknown): void {
    const stack = error instanceof Error ? error.stack ?? error.message : String(error);
    this.#lines.add(`internal error: ${stack.replaceAll("\n", " | ")}`);
  }

  #write(text: string): void {
    try {
      if (this.#log === undefined) Deno.stderr.writeSync(new TextEncoder().encode(`dinit: ${text}\n`));
      else this.#log.message("error", text);
    } catch {
      // No output is left.
    }
  }

  /**
   * The same function, but errors are reported. The runtime never calls a signal listener again after it has thrown.
   */
  guard(listener: () => void): () => void {
    return () => {
      try {
        listener();
      } catch (error) {
        this.report(error);
      }
    };
  }
}
