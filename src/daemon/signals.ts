/** How signals reach the daemon. `signal_meanings.ts` has their meaning. */

import { Signal, signalNameOf } from "../model/mod.ts";
import { LibcUnavailableError, openLibrary, SignalRelay, SystemCallError, WAKE_UP } from "../host/mod.ts";
import type { StrayErrors } from "./stray_errors.ts";

/** The daemon's reactions to signals (daemon and init 4.1). */
export interface SignalHandlers {
  /** SIGTERM */
  terminate(): void;
  /** SIGINT, which the keys for a restart also cause */
  interrupt(): void;
  /** SIGQUIT */
  quit(): void;
  /** SIGHUP */
  hangUp(): void;
  /** SIGRTMIN+3, which stops many container images */
  stopContainer(): void;
  /** SIGUSR1; `byRuntime`: the runtime has received it, too */
  look(byRuntime: boolean): void;
  /** An event may have happened that a signal announces, such as a change of a watched file. */
  wokenUp(): void;
  /** Any other signal; `name` is without SIG, such as `USR2`. */
  ignored(name: string, times: number): void;
}

/** Signals with a meaning, and their handlers without parameters. */
const MEANINGS = {
  SIGTERM: "terminate",
  SIGINT: "interrupt",
  SIGQUIT: "quit",
  SIGHUP: "hangUp",
} as const satisfies Partial<Record<Deno.Signal, keyof SignalHandlers>>;

/** A key at the terminal, or access to it, must not stop the supervisor. */
const OF_TERMINAL: readonly Deno.Signal[] = ["SIGTSTP", "SIGTTIN", "SIGTTOU"];

/**
 * Other signals that would end a program. The runtime ignores SIGPIPE. The list omits signals for faults of the program
 * itself (ILL, BUS, FPE, SEGV, SYS): a listener cannot repair a fault.
 */
const OTHERS: readonly Deno.Signal[] = [
  "SIGUSR2",
  "SIGALRM",
  "SIGSTKFLT",
  "SIGXCPU",
  "SIGXFSZ",
  "SIGVTALRM",
  "SIGPROF",
  "SIGIO",
  "SIGPWR",
  "SIGTRAP",
  "SIGABRT",
];

const MEANING_OF: ReadonlyMap<string, (typeof MEANINGS)[keyof typeof MEANINGS]> = new Map(
  Object.entries(MEANINGS),
);
const { USR1 } = Signal;
/** The first real-time signal of the kernel, the first for programs, and the last one. */
const FIRST = 32;
const RTMIN = 34;
const RTMAX = 64;
const STOP_CONTAINER = RTMIN + 3;
/** The ignored and the caught signals in `/proc/self/status`. */
const IGNORED = /^SigIgn:\s*([0-9a-f]+)$/m;
const CAUGHT = /^SigCgt:\s*([0-9a-f]+)$/m;

/**
 * Listens from its creation until the program ends: as process 1, the runtime does not survive a signal whose last
 * listener was removed. Signals that arrive before there is a handler are kept.
 */
export class Signals {
  /** SIGHUP was ignored when the program was started, as with `nohup`. False if that is unknown. */
  readonly hangUpIgnored: boolean;
  readonly #stray: StrayErrors;
  /** Signals that only need to have no effect. Not those that the runtime uses, such as SIGPROF while it is profiled. */
  readonly #others: readonly Deno.Signal[];
  #relay: SignalRelay | undefined;
  #problem: string | undefined;
  readonly #listeners = new Map<Deno.Signal, () => void>();
  #handlers: SignalHandlers | undefined;
  #early: ((handlers: SignalHandlers) => void)[] = [];

  constructor(stray: StrayErrors) {
    this.#stray = stray;
    const { ignored, caught } = atStart(); // the first listener, of any signal, changes that
    this.hangUpIgnored = ignored(Signal.HUP);
    this.#others = OTHERS.filter((signal) => !caught(numberOf(signal)));
    for (const [signal, handler] of Object.entries(MEANINGS)) {
      this.#listen(signal as Deno.Signal, (handlers) => handlers[handler]());
    }
    this.#listen("SIGUSR1", (handlers) => handlers.look(true));
    for (const signal of OF_TERMINAL) this.#listen(signal, () => {});
    for (const signal of this.#others) {
      this.#listen(signal, (handlers) => handlers.ignored(signal.slice(3), 1));
    }
  }

  /**
   * Uses the C library, if it is available, for what the runtime cannot do: real-time signals do not end the daemon,
   * SIGUSR1 does not reach the runtime, and a signal that arrives while the program is replaced is not lost. Returns
   * whether that succeeded.
   *
   * `inherited`: the counts of signals of the program that this one replaces.
   */
  useLibrary(inherited?: number): boolean {
    try {
      const relay = new SignalRelay(openLibrary(), inherited);
      this.#relay = relay;
      this.#listen(WAKE_UP, (handlers) => {
        relay.deliver((signal, times) => relayed(handlers, signal, times));
        handlers.wokenUp();
      });
      for (let signal = FIRST; signal <= RTMAX; signal++) relay.take(signal);
      for (const signal of [USR1, ...[...MEANING_OF.keys(), ...this.#others].map(numberOf)]) {
        relay.take(signal);
      }
      return true;
    } catch (error) {
      if (!(error instanceof LibcUnavailableError || error instanceof SystemCallError)) throw error;
      this.#problem = error.message;
      return false;
    }
  }

  /** Why the C library is not used; `undefined`: it is, or was not asked for. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** The descriptor of the counts of signals, for a program that replaces this one; `undefined` without the C library. */
  get descriptor(): number | undefined {
    return this.#relay?.descriptor;
  }

  /** From now on passes signals to these handlers, and passes earlier signals at once. */
  connect(handlers: SignalHandlers): void {
    this.#handlers = handlers;
    const early = this.#early;
    this.#early = [];
    for (const handle of early) handle(handlers);
  }

  /** Passes the signals that have arrived while the program was replaced. */
  catchUp(): void {
    const handlers = this.#handlers;
    if (handlers !== undefined) this.#relay?.deliver((signal, times) => relayed(handlers, signal, times));
  }

  /** Restores the default effect of the signal. Only for a daemon that is about to end by it. */
  release(signal: Deno.Signal): void {
    this.#relay?.release(numberOf(signal));
    const listener = this.#listeners.get(signal);
    if (listener !== undefined) Deno.removeSignalListener(signal, listener);
    this.#listeners.delete(signal);
  }

  #listen(signal: Deno.Signal, handle: (handlers: SignalHandlers) => void): void {
    const guarded = this.#stray.guard(() => {
      if (this.#handlers === undefined) this.#early.push(handle);
      else handle(this.#handlers);
    });
    this.#listeners.set(signal, guarded);
    Deno.addSignalListener(signal, guarded);
  }
}

function relayed(handlers: SignalHandlers, signal: number, times: number): void {
  const name = signalNameOf(signal);
  const meaning = name === undefined ? undefined : MEANING_OF.get(name);
  if (signal === USR1) handlers.look(false);
  else if (signal === STOP_CONTAINER) handlers.stopContainer();
  else if (meaning !== undefined) handlers[meaning](); // once, as the runtime does
  else if (name !== undefined) handlers.ignored(name.slice(3), 1);
  else handlers.ignored(signal === RTMIN ? "RTMIN" : `RTMIN+${signal - RTMIN}`, times);
}

function numberOf(signal: string): number {
  return Signal[signal.slice(3) as keyof typeof Signal];
}

/** The effects of signals when the program starts. Without the grant, no signal counts as ignored or caught. */
function atStart(): Readonly<Record<"ignored" | "caught", (signal: number) => boolean>> {
  const status = ownStatus();
  const set = (pattern: RegExp) => {
    const signals = BigInt(`0x${pattern.exec(status)?.[1] ?? "0"}`);
    return (signal: number) => (signals >> BigInt(signal - 1) & 1n) === 1n;
  };
  return { ignored: set(IGNORED), caught: set(CAUGHT) };
}

function ownStatus(): string {
  // Ask first: an attempt without the grant would prompt at the terminal.
  if (Deno.permissions.querySync({ name: "read" }).state !== "granted") return "";
  try {
    return Deno.readTextFileSync("/proc/self/status");
  } catch (error) {
    if (error instanceof Error) return ""; // the file does not exist here, or is not readable
    throw error;
  }
}
