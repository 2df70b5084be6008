/**
 * Errors that nobody caught. A daemon that may be process 1 must not end by one: it is told of with its stack, and
 * life goes on.
 */

import { type MessageLog, RepeatedLines } from "../log/mod.ts";

/** Catches what would end the program, from the moment it is made until the program ends. */
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

  /** From now on errors are told to this log, and not on standard error. */
  logTo(log: MessageLog): void {
    this.#log = log;
  }

  /** Tells of an error in one line, with its stack. One that comes again and again is told of once a minute. */
  report(error: unknown): void {
    const stack = error instanceof Error ? error.stack ?? error.message : String(error);
    this.#lines.add(`internal error: ${stack.replaceAll("\n", " | ")}`);
  }

  #write(text: string): void {
    try {
      if (this.#log === undefined) Deno.stderr.writeSync(new TextEncoder().encode(`dinit: ${text}\n`));
      else this.#log.message("error", text);
    } catch {
      // There is nobody left to tell.
    }
  }

  /** The same function, whose errors are told of. A signal listener that throws would never be called again. */
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
