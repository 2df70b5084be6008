import type { Library } from "./library.ts";

const SIG_SETMASK = 2;
const SIGSET_SIZE = 128;

/** All signals, for `SignalMask`. */
export const ALL_SIGNALS = 0xffffffffffffffffn;

/**
 * The signals that the calling thread blocks; bit 0 is signal 1. Blocked signals wait, also while the program is
 * replaced.
 */
export class SignalMask {
  readonly #library: Library;

  constructor(library: Library) {
    this.#library = library;
  }

  /** Blocks exactly these signals, and returns those that were blocked before. */
  set(blocked: bigint): bigint {
    const wanted = new Uint8Array(SIGSET_SIZE);
    const before = new Uint8Array(SIGSET_SIZE);
    new DataView(wanted.buffer).setBigUint64(0, blocked, true);
    this.#library.symbols.pthread_sigmask(SIG_SETMASK, wanted, before);
    return new DataView(before.buffer).getBigUint64(0, true);
  }
}
