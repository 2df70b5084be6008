import type { Library } from "./library.ts";

/** The terminal behind a descriptor. */
export class Terminal {
  readonly #library: Library;

  constructor(library: Library) {
    this.#library = library;
  }

  /** Whether the descriptor is a terminal, and whether a session already controls it. */
  state(fd: number): "none" | "taken" | "free" {
    if (this.#library.symbols.isatty(fd) !== 1) return "none";
    return this.#library.symbols.tcgetsid(fd) === -1 ? "free" : "taken";
  }

  /** Makes a process group the foreground group. Ignores failures. */
  setForeground(fd: number, group: number): void {
    this.#library.symbols.tcsetpgrp(fd, group);
  }
}
