/**
 * Deno's debugger. Since 2.9.2 `deno run` opens it on 127.0.0.1:9229 at SIGUSR1, even if the program listens to the
 * signal. Every user of the machine can then use it to run code as the daemon. A compiled binary does not open it. With
 * the C library the signal does not reach the runtime (`Signals.useLibrary`). Otherwise the daemon cannot prevent it,
 * but can close it: at once if it is already open, or in one of the next turns of the event loop.
 */

import type { MessageLog } from "../log/mod.ts";

/** The first version that opens its debugger. */
const FIRST_VERSION = [2, 9, 2];
/** Deno 2.9 has no separate name for this grant. */
const NO_GRANT = "It stays open: closing it takes --allow-sys without a list.";
const REMEDY = "With --allow-ffi or as a compiled binary it is never opened.";

/** How long to look for a debugger that may be about to open, in milliseconds. */
const LOOK_FOR = 2000;
/** How long of this time to look in every turn of the event loop, and how often afterwards. */
const LOOK_EVERY_TURN_FOR = 100;
const LOOK_EVERY = 5;

/** Why the daemon refuses to run if every user could become root. */
export const REFUSAL =
  "SIGUSR1 makes Deno open its debugger, where every user of the machine could run code as root; " +
  "grant --allow-ffi, use the compiled binary, or run with --user where that does not matter";

/** Whether this runtime opens its debugger if it receives SIGUSR1. */
export function opensDebugger(): boolean {
  if (Deno.build.standalone) return false;
  const version = Deno.version.deno.split(".").map((part) => parseInt(part));
  const differing = FIRST_VERSION.findIndex((part, index) => part !== version[index]);
  return differing === -1 || version[differing] > FIRST_VERSION[differing];
}

/** Closes the debugger when it was opened. */
export class DebuggerPort {
  readonly #log: MessageLog;
  /** Loaded in advance, because there is no time at the signal. */
  readonly #modules = Promise.all([import("node:inspector"), import("node:timers")]);
  #lookUntil = 0;
  #looking = false;

  constructor(log: MessageLog) {
    this.#log = log;
  }

  /** The runtime has received SIGUSR1. Closes the debugger, and reports it. */
  async signalled(): Promise<void> {
    try {
      if (await this.#close()) {
        this.#log.message("warn", `SIGUSR1 made Deno open its debugger; it is closed again. ${REMEDY}`);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
      this.#log.message("error", `SIGUSR1 made Deno open its debugger. ${NO_GRANT} ${REMEDY}`);
    }
  }

  /** Whether it was open; if not, it will not open any more. */
  async #close(): Promise<boolean> {
    const [inspector, { setImmediate }] = await this.#modules;
    const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
    const pause = () => new Promise<void>((resolve) => setTimeout(resolve, LOOK_EVERY));
    const begin = performance.now();
    this.#lookUntil = begin + LOOK_FOR;
    if (this.#looking) return false;
    this.#looking = true;
    try {
      while (performance.now() < this.#lookUntil) {
        if (inspector.url() !== undefined) {
          inspector.close();
          return true;
        }
        await (performance.now() - begin < LOOK_EVERY_TURN_FOR ? turn() : pause());
      }
      return false;
    } finally {
      this.#looking = false;
    }
  }
}
