import { Signal } from "../model/mod.ts";
import type { Library } from "./library.ts";
import { MachineCalls } from "./machine_calls.ts";
import { SignalMask } from "./signal_mask.ts";
import { afterFirst, TextVector } from "./text_vector.ts";

const SIG_DFL = 0n;

/** How to replace the program. */
export interface ExecutionOptions {
  /** The signals that the new program finds blocked; bit 0 is signal 1. @default 0n, none */
  readonly blocked?: bigint;
}

/** Replaces the program in this process. */
export class Execution {
  readonly #library: Library;
  readonly #calls: MachineCalls;
  readonly #mask: SignalMask;
  /** The path of a program, followed by its arguments. */
  readonly #command: TextVector;
  readonly #environment: TextVector;

  constructor(library: Library) {
    this.#library = library;
    this.#calls = new MachineCalls(library);
    this.#mask = new SignalMask(library);
    this.#command = new TextVector(library);
    this.#environment = new TextVector(library);
  }

  /**
   * Replaces the program, without the signals that the runtime ignores. If that fails, it restores everything and
   * returns the error number. Throws `SystemCallError` if there is no memory, or a text contains a zero.
   *
   * Texts are encoded as `decodeBytes` decodes them, so any bytes can be passed.
   *
   * @param path `/proc/self/fd/N` executes an open file, even a removed one
   * @param argv the first element is the name of the program
   * @param environment `NAME=VALUE`
   */
  execute(
    path: string,
    argv: readonly string[],
    environment: readonly string[],
    { blocked = 0n }: ExecutionOptions = {},
  ): number {
    const { symbols } = this.#library;
    const { vector, first } = this.#command.lay([path, ...argv]);
    const variables = this.#environment.lay(environment).vector;
    const before = this.#mask.set(blocked);
    const onBrokenPipe = symbols.signal(Signal.PIPE, SIG_DFL);
    try {
      return this.#calls.call("execve", first, afterFirst(vector), variables);
    } finally {
      symbols.signal(Signal.PIPE, onBrokenPipe);
      this.#mask.set(before);
    }
  }
}
