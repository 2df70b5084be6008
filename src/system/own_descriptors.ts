import type { Library } from "./library.ts";

const FOLDER = "/proc/self/fd";
const F_GETFD = 1;
const F_SETFD = 2;
const FD_CLOEXEC = 1;

/** Without their folder: numbers below this one. A program that is newly started uses small ones. */
const SMALL = 4096;

/** An open descriptor of the program. */
export interface OwnDescriptor {
  readonly fd: number;
  /** It stays open when the program is replaced. */
  readonly passesExec: boolean;
}

/** The open descriptors of the program itself, and which of them stay open when the program is replaced. */
export class OwnDescriptors {
  readonly #library: Library;

  constructor(library: Library) {
    this.#library = library;
  }

  /** All open descriptors, in order; without the permission to read their folder, those with small numbers. */
  list(): OwnDescriptor[] {
    const found = openDescriptors().map((fd) => ({ fd, flags: this.#flags(fd) }));
    // The descriptor with which the folder was read is closed by now.
    const open = found.filter(({ flags }) => flags !== -1);
    return open.map(({ fd, flags }) => ({ fd, passesExec: (flags & FD_CLOEXEC) === 0 }));
  }

  /** Whether a descriptor is open. */
  isOpen(fd: number): boolean {
    return this.#flags(fd) !== -1;
  }

  /** Lets a descriptor stay open when the program is replaced, or not. Throws `SystemCallError`. */
  setPassesExec(fd: number, passes: boolean): void {
    const { symbols } = this.#library;
    this.#library.check("fcntl", symbols.fcntl(fd, F_SETFD, passes ? 0 : FD_CLOEXEC));
  }

  #flags(fd: number): number {
    return this.#library.symbols.fcntl(fd, F_GETFD, 0);
  }
}

/**
 * The numbers of the open descriptors, in order, and of some that are closed; without the permission to read their
 * folder, all small numbers.
 */
export function openDescriptors(): number[] {
  try {
    return Array.from(Deno.readDirSync(FOLDER), ({ name }) => Number(name)).sort((a, b) => a - b);
  } catch (error) {
    if (!(error instanceof Error)) throw error; // not granted, or there is no /proc
    return Array.from({ length: SMALL }, (_, fd) => fd);
  }
}
