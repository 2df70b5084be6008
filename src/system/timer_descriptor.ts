import { asBytes, type Library } from "./library.ts";

const CLOCK_BOOTTIME = 7;
const TFD_NONBLOCK_CLOEXEC = 0o2004000;
const ABSOLUTE = 1;
const MILLISECONDS = 1000;
const NANOSECONDS = 1e6;
const MOST_NANOSECONDS = 999_999_999;

/**
 * A timer that makes its descriptor readable at a time since boot. Time in which the machine is suspended counts: a timer
 * that is due meanwhile expires afterwards.
 */
export class TimerDescriptor {
  readonly fd: number;
  readonly #library: Library;
  /** A `struct itimerspec`. Only the lower halves are used; the upper ones stay 0. */
  readonly #time = new Uint32Array(8);
  readonly #bytes = asBytes(this.#time);
  readonly #expirations = new Uint8Array(8);

  /** Throws `SystemCallError` if no descriptor is free. */
  constructor(library: Library) {
    this.#library = library;
    const { symbols } = library;
    this.fd = library.check("timerfd_create", symbols.timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK_CLOEXEC));
  }

  /** Expires at this time in milliseconds since boot, in place of an earlier setting; at once if that time has passed. */
  set(at: number): void {
    const seconds = Math.min(Math.max(Math.floor(at / MILLISECONDS), 0), 0xffff_ffff);
    this.#time[4] = seconds;
    const rest = Math.ceil((at - seconds * MILLISECONDS) * NANOSECONDS);
    this.#time[6] = Math.min(Math.max(rest, 1), MOST_NANOSECONDS); // a time of 0 would turn the timer off
    this.#library.symbols.timerfd_settime(this.fd, ABSOLUTE, this.#bytes, null);
  }

  /** Takes note of the expiry, so that the descriptor is not readable any more. */
  acknowledge(): void {
    this.#library.symbols.read(this.fd, this.#expirations, 8n);
  }
}
