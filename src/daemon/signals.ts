/** Which signals come to the daemon, and how. What they mean is in `signal_meanings.ts`. */

import { Signal } from "../model/mod.ts";
import { LibcUnavailableError, openLibrary, SignalRelay, SystemCallError, WAKE_UP } from "../host/mod.ts";
import type { StrayErrors } from "./stray_errors.ts";

/** What the daemon does about signals (daemon and init 4.1). */
export interface SignalHandlers {
  /** SIGTERM */
  terminate(): void;
  /** SIGINT, which is also what the keys for a restart lead to */
  interrupt(): void;
  /** SIGQUIT */
  quit(): void;
  /** SIGHUP */
  hangUp(): void;
  /** SIGRTMIN+3, by which many images of containers are stopped */
  stopContainer(): void;
  /** SIGUSR1; `byRuntime`: the runtime has got it as well */
  look(byRuntime: boolean): void;
  /** Something may have happened that is announced by a signal, such as a change of a watched file. */
  wokenUp(): void;
  /** Any other; `name` is without SIG, such as `USR2`. */
  ignored(name: string, times: number): void;
}

/** The signals that mean something, by the names of the handlers that take nothing. */
const MEANINGS = {
  SIGTERM: "terminate",
  SIGINT: "interrupt",
  SIGQUIT: "quit",
  SIGHUP: "hangUp",
} as const satisfies Partial<Record<Deno.Signal, keyof SignalHandlers>>;

/** A key at the terminal, or a look at it, must not stop the supervisor. */
const OF_TERMINAL: readonly Deno.Signal[] = ["SIGTSTP", "SIGTTIN", "SIGTTOU"];

/**
 * The others that would end a program. The runtime ignores SIGPIPE. Those that tell of a fault of the program itself
 * (ILL, BUS, FPE, SEGV, SYS) are not among them: a listener cannot mend that.
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

const { USR1 } = Signal;
/** The first real-time signal for the kernel, for programs, and the last one. */
const FIRST = 32;
const RTMIN = 34;
const RTMAX = 64;
const STOP_CONTAINER = RTMIN + 3;
/** Where `/proc/self/status` tells which signals are ignored. */
const IGNORED = /^SigIgn:\s*([0-9a-f]+)$/m;

/**
 * Listens from the moment it is made until the program ends: as process 1, the runtime does not survive a signal whose
 * last listener was removed. What comes before there is somebody to handle it is kept.
 */
export class Signals {
  /** SIGHUP was ignored when the program was started, as `nohup` does. False if that cannot be known. */
  readonly hangUpIgnored: boolean;
  readonly #stray: StrayErrors;
  readonly #listeners = new Map<Deno.Signal, () => void>();
  #handlers: SignalHandlers | undefined;
  #early: ((handlers: SignalHandlers) => void)[] = [];

  constructor(stray: StrayErrors) {
    this.#stray = stray;
    this.hangUpIgnored = isHangUpIgnored(); // the first listener, of whatever signal, changes that
    for (const [signal, handler] of Object.entries(MEANINGS)) {
      this.#listen(signal as Deno.Signal, (handlers) => handlers[handler]());
    }
    this.#listen("SIGUSR1", (handlers) => handlers.look(true));
    for (const signal of OF_TERMINAL) this.#listen(signal, () => {});
    for (const signal of OTHERS) this.#listen(signal, (handlers) => handlers.ignored(signal.slice(3), 1));
  }

  /**
   * Uses the C library, if it may be used, for what the runtime cannot do: real-time signals do not end the daemon, and
   * SIGUSR1 does not come to the runtime. Returns whether that is so.
   */
  useLibrary(): boolean {
    try {
      const relay = new SignalRelay(openLibrary());
      this.#listen(WAKE_UP, (handlers) => {
        for (const [signal, times] of relay.arrived()) relayed(handlers, signal, times);
        handlers.wokenUp();
      });
      for (let signal = FIRST; signal <= RTMAX; signal++) relay.take(signal);
      relay.take(USR1);
      return true;
    } catch (error) {
      if (error instanceof LibcUnavailableError || error instanceof SystemCallError) return false;
      throw error;
    }
  }

  /** Hands signals to these from now on, and those that have come already at once. */
  connect(handlers: SignalHandlers): void {
    this.#handlers = handlers;
    const early = this.#early;
    this.#early = [];
    for (const handle of early) handle(handlers);
  }

  /** The signal has its usual effect from now on. Only for a daemon that is about to end by it. */
  release(signal: Deno.Signal): void {
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
  if (signal === USR1) handlers.look(false);
  else if (signal === STOP_CONTAINER) handlers.stopContainer();
  else handlers.ignored(signal === RTMIN ? "RTMIN" : `RTMIN+${signal - RTMIN}`, times);
}

function isHangUpIgnored(): boolean {
  // Asked first, as the attempt could make the runtime ask the person at the terminal.
  if (Deno.permissions.querySync({ name: "read" }).state !== "granted") return false;
  try {
    const ignored = IGNORED.exec(Deno.readTextFileSync("/proc/self/status"))?.[1] ?? "0";
    return (BigInt(`0x${ignored}`) & 1n) === 1n;
  } catch (error) {
    if (error instanceof Error) return false; // there is no such file here, or it may not be read
    throw error;
  }
}
