import { Files } from "./files.ts";
import { type Library, SystemCallError } from "./library.ts";
import { MachineCalls } from "./machine_calls.ts";

const STANDARD_INPUT = 0;
const TCGETS = 0x5401n;
const TCSETS = 0x5402n;
const TCFLSH = 0x540bn;
const TCIFLUSH = 0n;
/** The kernel's `struct termios`: its size, its local modes, and the control characters of non-canonical mode. */
const TERMIOS = { size: 36, localModes: 12, time: 17 + 5, minimum: 17 + 6 } as const;
const ICANON = 2;
const SIG_BLOCK = 0;
const SIG_SETMASK = 2;
const SIGSET_SIZE = 128;
/** SIGTTIN and SIGTTOU. */
const BACKGROUND_SIGNALS = (1n << 20n) | (1n << 21n);

/** The terminal of descriptor 0 in a mode that gives single keys. Methods throw `SystemCallError`. */
export class KeyInput {
  readonly #library: Library;
  readonly #calls: MachineCalls;
  readonly #files: Files;
  readonly #settings = new Uint8Array(TERMIOS.size);

  /** Discards earlier input. From now on keys arrive one by one, and reading does not block. */
  constructor(library: Library) {
    this.#library = library;
    this.#calls = new MachineCalls(library);
    this.#files = new Files(library);
    this.#control(TCGETS, this.#settings);
    const settings = this.#settings.slice();
    const view = new DataView(settings.buffer);
    view.setUint32(TERMIOS.localModes, view.getUint32(TERMIOS.localModes, true) & ~ICANON, true);
    settings[TERMIOS.minimum] = 1;
    settings[TERMIOS.time] = 0;
    this.#control(TCSETS, settings);
    this.#discard();
    this.#files.setBlocking(STANDARD_INPUT, false);
  }

  /** The pressed key, `undefined` at the end of input, `"none"` if no key was pressed yet. */
  read(): number | undefined | "none" {
    const key = new Uint8Array(1);
    try {
      const count = this.#inForeground(() => this.#files.read(STANDARD_INPUT, key));
      return count === undefined ? "none" : count === 0 ? undefined : key[0];
    } catch (error) {
      if (error instanceof SystemCallError) return undefined; // the terminal is gone
      throw error;
    }
  }

  /** Discards unread input and restores the terminal. */
  close(): void {
    try {
      this.#discard();
      this.#control(TCSETS, this.#settings);
      this.#files.setBlocking(STANDARD_INPUT, true);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error; // the terminal is gone
    }
  }

  #control(request: bigint, settings: Uint8Array<ArrayBuffer>): void {
    const errno = this.#inForeground(() =>
      this.#calls.withMemory(settings, (at) => this.#calls.call("ioctl", 0n, request, at))
    );
    if (errno !== 0) throw new SystemCallError("ioctl", errno);
  }

  #discard(): void {
    this.#inForeground(() => this.#calls.call("ioctl", 0n, TCFLSH, TCIFLUSH));
  }

  /**
   * If these signals are blocked, a background process can also use its terminal. If they were caught, the kernel would
   * restart the call without end.
   */
  #inForeground<T>(use: () => T): T {
    const { symbols } = this.#library;
    const before = new Uint8Array(SIGSET_SIZE);
    const blocked = new Uint8Array(SIGSET_SIZE);
    new DataView(blocked.buffer).setBigUint64(0, BACKGROUND_SIGNALS, true);
    symbols.pthread_sigmask(SIG_BLOCK, blocked, before);
    try {
      return use();
    } finally {
      symbols.pthread_sigmask(SIG_SETMASK, before, null);
    }
  }
}
