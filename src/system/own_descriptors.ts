import type { Library } from "./library.ts";

const FOLDER = "/proc/self/fd";
const F_GETFD = 1;
const F_SETFD = 2;
const FD_CLOEXEC = 1;

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

  /** All open descriptors, in order. Reading their folder needs all permissions. */
  list(): OwnDescriptor[] {
    const numbers = Array.from(Deno.readDirSync(FOLDER), ({ name }) => Number(name)).sort((a, b) => a - b);
    const found = numbers.map((fd) => ({ fd, flags: this.#flags(fd) }));
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
