import type { FileAccess } from "../../description/mod.ts";
import type { Files } from "../../system/mod.ts";

/** Larger descriptors are not searched. */
const LAST = 255;
const FIRST = 3;

/**
 * The descriptors that the daemon was started with, besides the standard ones. The runtime's own descriptors are
 * close-on-exec; those that came through an exec are not.
 */
export class StartedWith {
  readonly #access: FileAccess;
  readonly #found: ReadonlyMap<number, string>;

  /** Create it before anything changes close-on-exec flags. */
  constructor(files: Files, access: FileAccess) {
    this.#access = access;
    const numbers = Array.from({ length: LAST - FIRST + 1 }, (_, index) => FIRST + index);
    this.#found = new Map(
      numbers.filter((fd) => files.passesExec(fd)).map((fd) => [fd, this.#whatIs(fd) ?? ""]),
    );
  }

  /** Whether it existed at the start and is still the same: the daemon may have closed it and opened another file. */
  has(fd: number): boolean {
    return fd < FIRST || this.#found.has(fd) && this.#found.get(fd) === this.#whatIs(fd);
  }

  #whatIs(fd: number): string | undefined {
    try {
      return this.#access.linkAt(`/proc/self/fd/${fd}`);
    } catch (error) {
      if (error instanceof Error) return undefined; // it is closed
      throw error;
    }
  }
}
