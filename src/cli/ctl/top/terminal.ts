/** A terminal that shows a whole screen and sends keys one by one. */

import { keysOf } from "./keys.ts";

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";

/** Takes the terminal until it is disposed of, also when a signal ends the program. */
export class FullTerminal implements Disposable {
  readonly #ended: () => void;
  #shown: readonly string[] = [];

  /** @param ended called when a signal asks the program to end */
  constructor(ended: () => void) {
    this.#ended = ended;
    Deno.stdin.setRaw(true);
    write(ENTER);
    for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) Deno.addSignalListener(signal, ended);
  }

  /** The size of the screen now. */
  get size(): { readonly columns: number; readonly rows: number } {
    return Deno.consoleSize();
  }

  /** Shows lines; those that have not changed are not sent. */
  show(lines: readonly string[]): void {
    const parts = lines.map((line, index) =>
      line === this.#shown[index] ? "" : `\x1b[${index + 1};1H${line}${CLEAR_LINE}`
    );
    this.#shown = lines;
    write(parts.join(""));
  }

  /** Forgets what was shown, because something else has used the screen, or its size has changed. */
  clear(): void {
    this.#shown = [];
    write(HOME + CLEAR_BELOW);
  }

  /** The keys as they are pressed, to the end of the terminal. */
  async *keys(): AsyncGenerator<string, void, void> {
    const buffer = new Uint8Array(1024);
    const decoder = new TextDecoder();
    for (let size = await Deno.stdin.read(buffer); size !== null; size = await Deno.stdin.read(buffer)) {
      yield* keysOf(decoder.decode(buffer.subarray(0, size), { stream: true }));
    }
  }

  [Symbol.dispose](): void {
    for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) {
      Deno.removeSignalListener(signal, this.#ended);
    }
    write(LEAVE);
    try {
      Deno.stdin.setRaw(false);
    } catch (error) {
      if (!(error instanceof Error)) throw error; // the terminal is gone
    }
  }
}

function write(text: string): void {
  try {
    Deno.stdout.writeSync(new TextEncoder().encode(text));
  } catch (error) {
    if (!(error instanceof Error)) throw error; // the terminal is gone
  }
}
