import type { FileAccess } from "../../description/mod.ts";
import type { Files } from "../../system/mod.ts";

/** Descriptors with larger numbers are not looked for. */
const LAST = 255;
const FIRST = 3;

/**
 * The descriptors that the daemon was started with, besides the standard ones. The runtime closes its own ones on exec;
 * those that have come through an exec are not closed by it.
 */
export class StartedWith {
  readonly #access: FileAccess;
  readonly #found: ReadonlyMap<number, string>;

  /** To be made before anything changes which descriptors are closed on exec. */
  constructor(files: Files, access: FileAccess) {
    this.#access = access;
    const numbers = Array.from({ length: LAST - FIRST + 1 }, (_, index) => FIRST + index);
    this.#found = new Map(
      numbers.filter((fd) => files.passesExec(fd)).map((fd) => [fd, this.#whatIs(fd) ?? ""]),
    );
  }

  /** Whether it was there, and is still the same: the daemon may have closed it and opened something else. */
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
