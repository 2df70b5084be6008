/** What signals mean to the daemon (daemon and init 4.1). */

import type { StrayErrors } from "./stray_errors.ts";

/** What the daemon does about the signals that mean something to it. */
export interface SignalHandlers {
  /** SIGTERM */
  terminate(): void;
  /** SIGINT, which is also what the keys for a restart lead to */
  interrupt(): void;
  /** SIGQUIT; only of the owner of a machine */
  quit(): void;
  /** SIGUSR1 */
  look(): void;
}

const MEANINGS: Readonly<Record<string, keyof SignalHandlers>> = {
  SIGTERM: "terminate",
  SIGINT: "interrupt",
  SIGUSR1: "look",
};

/** A key at the terminal, or a look at it, must not stop the supervisor. */
const OF_TERMINAL: readonly Deno.Signal[] = ["SIGTSTP", "SIGTTIN", "SIGTTOU"];

/**
 * The others that would end a program. Those that tell of a fault of the program itself are not among them: a listener
 * cannot mend that.
 */
const OTHERS: readonly Deno.Signal[] = [
  "SIGHUP",
  "SIGUSR2",
  "SIGPIPE",
  "SIGALRM",
  "SIGSTKFLT",
  "SIGXCPU",
  "SIGXFSZ",
  "SIGVTALRM",
  "SIGPROF",
  "SIGIO",
  "SIGPWR",
];

/** Options of `Signals`. */
export interface SignalsOptions {
  /** The daemon owns the machine: SIGQUIT has a meaning. */
  readonly manager: boolean;
  /** No signal may end the daemon: it owns the machine, or is process 1. */
  readonly endure: boolean;
}

/**
 * Listens from the moment it is made until the program ends: as process 1, the runtime does not survive a signal whose
 * last listener was removed. What comes before there is somebody to handle it is kept.
 */
export class Signals {
  readonly #listeners = new Map<Deno.Signal, () => void>();
  #handlers: SignalHandlers | undefined;
  #early: (keyof SignalHandlers)[] = [];

  constructor({ manager, endure }: SignalsOptions, stray: StrayErrors) {
    const listen = (signal: Deno.Signal, listener: () => void) => {
      const guarded = stray.guard(listener);
      this.#listeners.set(signal, guarded);
      Deno.addSignalListener(signal, guarded);
    };
    for (const [signal, meaning] of Object.entries(MEANINGS)) {
      listen(signal as Deno.Signal, () => this.#received(meaning));
    }
    for (const signal of OF_TERMINAL) listen(signal, () => {});
    if (!endure) return;
    listen("SIGQUIT", manager ? () => this.#received("quit") : () => {});
    for (const signal of OTHERS) listen(signal, () => {});
  }

  /** Hands signals to these from now on, and those that have come already at once. */
  connect(handlers: SignalHandlers): void {
    this.#handlers = handlers;
    const early = this.#early;
    this.#early = [];
    for (const meaning of early) handlers[meaning]();
  }

  /** The signal has its usual effect from now on. Only for a daemon that is about to end by it. */
  release(signal: Deno.Signal): void {
    const listener = this.#listeners.get(signal);
    if (listener !== undefined) Deno.removeSignalListener(signal, listener);
    this.#listeners.delete(signal);
  }

  #received(meaning: keyof SignalHandlers): void {
    if (this.#handlers === undefined) this.#early.push(meaning);
    else this.#handlers[meaning]();
  }
}
