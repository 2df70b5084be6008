import { encodeBytes } from "../model/mod.ts";
import { LineBuffer } from "./line_buffer.ts";

/** Where lines end up: `Deno.stdout`, an open file, the system's log, or a test's array. */
export interface LineSink {
  /** Takes some of the bytes and returns how many. A sink that is only full at the moment throws `WouldBlock`. */
  write(bytes: Uint8Array): Promise<number>;
  /** Called when the sink has failed, if lines are kept for the next one. */
  close?(): void;
}

/** How long to wait before a sink that is full is tried again, in milliseconds. */
const FULL_RETRY = 20;

/** Options of `LineWriter`. */
export interface LineWriterOptions {
  /** After a sink has failed, lines are kept for the next one, and not thrown away. @default false */
  readonly keep?: boolean;
}

/**
 * Writes lines one after the other, without ever making the program wait: what cannot be written yet is buffered.
 * A sink that fails gets no more lines.
 */
export class LineWriter {
  readonly #buffer = new LineBuffer();
  readonly #keep: boolean;
  #sink: LineSink | undefined;
  #writing: Promise<void> | undefined;
  #broken = false;
  #paused = false;
  #whenIdle: (() => void) | undefined;
  /** How many lines are still to be written before a pause begins. */
  #due = 0;

  /** Without a sink, lines are buffered until there is one. */
  constructor(sink?: LineSink, options: LineWriterOptions = {}) {
    this.#sink = sink;
    this.#keep = options.keep ?? false;
  }

  /** Whether there is a sink. */
  get attached(): boolean {
    return this.#sink !== undefined;
  }

  /** What was buffered goes to this sink, and all lines from now on. */
  attach(sink: LineSink): void {
    this.#sink = sink;
    this.#begin();
  }

  /** Writes a line; the line feed is added. */
  write(line: string): void {
    if (this.#broken) return;
    this.#buffer.add(encodeBytes(`${line}\n`));
    this.#begin();
  }

  /**
   * Writes no line from now on until `resume`; they are buffered. True: at once; false: there are lines from before that
   * have not been written yet, and `idle` is called when they are.
   */
  pause(idle: () => void): boolean {
    if (this.#writing === undefined) {
      this.#paused = true;
      return true;
    }
    this.#whenIdle = idle;
    this.#due = this.#buffer.lines;
    return false;
  }

  /** Goes on after a pause; with `discard`, lines that were buffered meanwhile are forgotten. */
  resume({ discard }: { discard: boolean }): void {
    this.#paused = false;
    if (discard) this.#buffer.clear();
    this.#begin();
  }

  #begin(): void {
    if (this.#paused || this.#sink === undefined || this.#buffer.isEmpty) return;
    this.#writing ??= this.#drain(this.#sink);
  }

  /** Waits until everything is written, at most `limit` milliseconds. */
  async flush(limit: number): Promise<void> {
    if (this.#writing === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeUp = new Promise<void>((resolve) => timer = setTimeout(resolve, limit));
    await Promise.race([this.#writing, timeUp]);
    clearTimeout(timer);
  }

  async #drain(sink: LineSink): Promise<void> {
    let line: Uint8Array | undefined;
    try {
      for (line = this.#next(); line !== undefined; line = this.#next()) {
        while (line.length > 0) line = line.subarray(await writeSome(sink, line));
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#failed(sink, line);
    } finally {
      this.#writing = undefined;
      this.#becomeIdle();
    }
  }

  #next(): Uint8Array | undefined {
    if (this.#whenIdle !== undefined && this.#due-- === 0) return undefined;
    return this.#buffer.take();
  }

  #becomeIdle(): void {
    const idle = this.#whenIdle;
    if (idle === undefined) return;
    this.#whenIdle = undefined;
    this.#paused = true;
    idle();
  }

  #failed(sink: LineSink, rest: Uint8Array | undefined): void {
    this.#sink = undefined;
    if (this.#keep) {
      sink.close?.();
      if (rest !== undefined) this.#buffer.putBack(rest);
    } else {
      this.#broken = true;
      this.#buffer.clear();
    }
  }
}

/** Writes as much as the sink takes, and waits while it takes nothing. */
async function writeSome(sink: LineSink, bytes: Uint8Array): Promise<number> {
  for (;;) {
    try {
      return await sink.write(bytes);
    } catch (error) {
      if (error instanceof Deno.errors.Interrupted) continue;
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, FULL_RETRY));
  }
}
