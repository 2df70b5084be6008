import { Errno, type ExitStatus } from "../model/mod.ts";
import { type Library, SystemCallError } from "./library.ts";
import { decodeWaitStatus } from "./processes.ts";

/** Numbers of the system calls; new calls have the same number on all processors. */
const SYS_PIDFD_SEND_SIGNAL = 424n;
const SYS_PIDFD_OPEN = 434n;
const SYS_PIDFD_GETFD = 438n;
const PIDFD_GET_INFO = 0xc040ff0bn;
/** `struct pidfd_info`: the wanted and given fields, and the status as of `waitpid`. */
const INFO = { size: 64, mask: 0, status: 60 } as const;
const INFO_EXIT = 8n;

/**
 * Handles of processes: descriptors that mean this very process even after its end, when its number is used again. A
 * handle becomes readable when its process ends.
 */
export class ProcessHandles {
  readonly #library: Library;

  constructor(library: Library) {
    this.#library = library;
  }

  /** Opens a handle; `undefined` if there is no such process. Throws `SystemCallError`. */
  open(pid: number): number | undefined {
    const fd = Number(this.#library.symbols.syscall(SYS_PIDFD_OPEN, BigInt(pid), 0n, 0n));
    if (fd !== -1) return fd;
    const errno = this.#library.errno();
    if (errno === Errno.ESRCH) return undefined;
    throw new SystemCallError("pidfd_open", errno);
  }

  /** Sends a signal and returns the error number, or 0. */
  signal(fd: number, signal: number): number {
    const { symbols } = this.#library;
    const result = symbols.syscallOfNumbers(SYS_PIDFD_SEND_SIGNAL, BigInt(fd), BigInt(signal), 0n, 0n);
    return result === -1n ? this.#library.errno() : 0;
  }

  /**
   * Makes a descriptor of the process a descriptor of this program, close-on-exec. Throws `SystemCallError`: also
   * without the right to trace the process.
   */
  descriptor(fd: number, number: number): number {
    const { symbols } = this.#library;
    return this.#library.check(
      "pidfd_getfd",
      Number(symbols.syscall(SYS_PIDFD_GETFD, BigInt(fd), BigInt(number), 0n)),
    );
  }

  /**
   * How an ended process ended, from Linux 6.15 on and after its parent has reaped it. `undefined`: the kernel does not
   * say it (yet).
   */
  exit(fd: number): ExitStatus | undefined {
    const info = new Uint8Array(INFO.size);
    const view = new DataView(info.buffer);
    view.setBigUint64(INFO.mask, INFO_EXIT, true);
    if (this.#library.symbols.ioctl(fd, PIDFD_GET_INFO, info) === -1) return undefined;
    const given = view.getBigUint64(INFO.mask, true);
    return (given & INFO_EXIT) === 0n ? undefined : decodeWaitStatus(view.getInt32(INFO.status, true));
  }
}
