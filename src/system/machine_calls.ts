import { Errno } from "../model/mod.ts";
import { type Architecture, type Library, SystemCallError } from "./library.ts";

/** System calls that few daemons need, by their numbers on each processor. */
const NUMBERS = {
  x86_64: {
    ioctl: 16,
    connect: 42,
    execve: 59,
    syslog: 103,
    sync: 162,
    reboot: 169,
    mkdirat: 258,
    unlinkat: 263,
    dup3: 292,
  },
  aarch64: {
    dup3: 24,
    ioctl: 29,
    mkdirat: 34,
    unlinkat: 35,
    sync: 81,
    syslog: 116,
    reboot: 142,
    connect: 203,
    execve: 221,
  },
} as const satisfies Record<Architecture, Record<string, number>>;

export type MachineCall = keyof typeof NUMBERS["x86_64"];

const { ENOMEM } = Errno;
const F_SETFD = 2;

/**
 * Makes system calls by number. So the ordinary daemon loads no functions that it never uses, and the grant for the one
 * library is enough.
 */
export class MachineCalls {
  readonly #library: Library;

  constructor(library: Library) {
    this.#library = library;
  }

  /** Makes a call; the error number, or 0. */
  call(name: MachineCall, first: bigint = 0n, second: bigint = 0n, third: bigint = 0n): number {
    const number = BigInt(NUMBERS[this.#library.architecture][name]);
    return this.#library.symbols.syscall(number, first, second, third) === -1n ? this.#library.errno() : 0;
  }

  /**
   * Makes a call with bytes in the memory of the C library. Afterwards `bytes` contains what the kernel wrote. Throws
   * `SystemCallError` if there is no memory.
   */
  withMemory(bytes: Uint8Array<ArrayBuffer>, call: (address: bigint) => number): number {
    const { symbols } = this.#library;
    const address = this.#allocate(bytes.length);
    try {
      symbols.memcpyIn(address, bytes, BigInt(bytes.length));
      const errno = call(address);
      symbols.memcpyOut(bytes, address, BigInt(bytes.length));
      return errno;
    } finally {
      symbols.free(address);
    }
  }

  /** Makes descriptor `to` a copy of `from` that programs inherit. */
  duplicate(from: number, to: number): void {
    if (from === to) this.#library.symbols.fcntl(from, F_SETFD, 0);
    else this.call("dup3", BigInt(from), BigInt(to));
  }

  #allocate(size: number): bigint {
    const address = this.#library.symbols.malloc(BigInt(size));
    if (address === 0n) throw new SystemCallError("malloc", ENOMEM);
    return address;
  }
}
