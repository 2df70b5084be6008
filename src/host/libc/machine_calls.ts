import { encodeBytes } from "../../model/mod.ts";
import { type Architecture, type Library, SystemCallError } from "./library.ts";

/** Calls of the kernel that only the owner of a machine needs, by the numbers that they have on each processor. */
const NUMBERS = {
  x86_64: { ioctl: 16, connect: 42, execve: 59, syslog: 103, sync: 162, reboot: 169, dup3: 292 },
  aarch64: { dup3: 24, ioctl: 29, sync: 81, syslog: 116, reboot: 142, connect: 203, execve: 221 },
} as const satisfies Record<Architecture, Record<string, number>>;

export type MachineCall = keyof typeof NUMBERS["x86_64"];

const ADDRESS_SIZE = 8;
const ENOMEM = 12;
const F_SETFD = 2;
const SIG_SETMASK = 2;
const SIGSET_SIZE = 128;
const SIGPIPE = 13;
const SIG_DFL = 0n;

/**
 * Calls the kernel by number. So the ordinary daemon loads no function for what it never does, and a grant for the one
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
   * Makes a call with some bytes in the memory of the C library; what the kernel wrote there is in `bytes` afterwards.
   * Throws `SystemCallError` if there is no memory.
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

  /**
   * Replaces the program, with no signal blocked and none ignored that the runtime ignores. Returns the error number if
   * that failed; all is as before then. Throws `SystemCallError` if there is no memory.
   */
  execute(path: string, argv: readonly string[], environment: readonly string[]): number {
    const { symbols } = this.#library;
    const mask = new Uint8Array(SIGSET_SIZE);
    symbols.pthread_sigmask(SIG_SETMASK, new Uint8Array(SIGSET_SIZE), mask);
    const onBrokenPipe = symbols.signal(SIGPIPE, SIG_DFL);
    try {
      return this.#execute(path, argv, environment);
    } finally {
      symbols.signal(SIGPIPE, onBrokenPipe);
      symbols.pthread_sigmask(SIG_SETMASK, mask, null);
    }
  }

  #execute(path: string, argv: readonly string[], environment: readonly string[]): number {
    const texts = [...argv, ...environment, path].map((text) => encodeBytes(`${text}\0`));
    const slots = texts.length + 1;
    const size = slots * ADDRESS_SIZE + texts.reduce((sum, { length }) => sum + length, 0);
    const address = this.#allocate(size);
    const image = new Uint8Array(size);
    const vectors = new DataView(image.buffer);
    let place = slots * ADDRESS_SIZE;
    let pathAddress = 0n;
    for (const [index, text] of texts.entries()) {
      image.set(text, place);
      const slot = index < argv.length ? index : index + 1; // behind the zero that ends the arguments
      if (index === texts.length - 1) pathAddress = address + BigInt(place);
      else vectors.setBigUint64(slot * ADDRESS_SIZE, address + BigInt(place), true);
      place += text.length;
    }
    this.#library.symbols.memcpyIn(address, image, BigInt(size));
    const environmentAddress = address + BigInt((argv.length + 1) * ADDRESS_SIZE);
    const errno = this.call("execve", pathAddress, address, environmentAddress);
    this.#library.symbols.free(address);
    return errno;
  }

  #allocate(size: number): bigint {
    const address = this.#library.symbols.malloc(BigInt(size));
    if (address === 0n) throw new SystemCallError("malloc", ENOMEM);
    return address;
  }
}
