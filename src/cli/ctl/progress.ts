/** Shows on a terminal which services a command still waits for. */

import type { CommandContext } from "./context.ts";
import { durationText } from "../shared/duration_text.ts";
import { cutText, printable } from "../shared/text_width.ts";

/** What is shown, and when. */
export interface ProgressOptions {
  /** The action, such as `Starting`. */
  readonly verb: string;
  /** Milliseconds before anything is shown: most waits are over by then. @default 300 */
  readonly delay?: number;
  /** Milliseconds between two updates: often enough to show activity. @default 100 */
  readonly interval?: number;
}

/** A line about a wait. */
export interface Progress {
  /** The context to use while the line is shown: output replaces the line. */
  readonly context: CommandContext;
  /** The command no longer waits for this service. */
  done(name: string): void;
  /** Removes the line for good. */
  close(): void;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const ERASE = "\r\x1b[K";

/** Shows which services a command waits for. Only on a terminal that understands escape sequences. */
export async function startProgress(context: CommandContext, options: ProgressOptions): Promise<Progress> {
  const { columns = 80 } = await context.style();
  return new ProgressLine(context, options, columns);
}

class ProgressLine implements Progress {
  readonly context: CommandContext;
  readonly #write: (text: string) => void;
  readonly #now: () => number;
  readonly #verb: string;
  readonly #columns: number;
  readonly #names: Set<string>;
  readonly #started: number;
  #timer: ReturnType<typeof setTimeout>;
  #frame = 0;
  #shown = false;

  constructor(
    context: CommandContext,
    { verb, delay = 300, interval = 100 }: ProgressOptions,
    columns: number,
  ) {
    const { io, say, print } = context;
    this.#write = (text) => io.out(text);
    this.#now = () => io.now();
    this.#verb = verb;
    this.#columns = columns;
    this.#names = new Set(context.words);
    this.#started = io.now();
    const after = <A extends unknown[]>(act: (...args: A) => void) => (...args: A) => {
      this.#erase();
      act(...args);
    };
    this.context = {
      ...context,
      io: {
        out: after((data) => io.out(data)),
        err: after((text) => io.err(text)),
        env: (name) => io.env(name),
        uid: () => io.uid(),
        terminal: () => io.terminal(),
        errorTerminal: () => io.errorTerminal(),
        now: () => io.now(),
      },
      say: after(say),
      print: after(print),
    };
    this.#timer = setTimeout(() => {
      this.#draw();
      this.#timer = setInterval(() => this.#draw(), interval);
    }, delay);
  }

  done(name: string): void {
    this.#names.delete(name);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#erase();
  }

  #draw(): void {
    if (this.#names.size === 0) return;
    const names = [...this.#names].map(printable).join(", ");
    const frame = FRAMES[this.#frame++ % FRAMES.length];
    const text = `${frame} ${this.#verb} ${durationText(this.#now() - this.#started)}: ${names}`;
    // The last column stays free: writing to it would scroll some terminals.
    this.#write(ERASE + cutText(text, this.#columns - 1));
    this.#shown = true;
  }

  #erase(): void {
    if (this.#shown) this.#write(ERASE);
    this.#shown = false;
  }
}
