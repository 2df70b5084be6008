import { encodeBytes } from "../model/mod.ts";
import { LineBuffer } from "./line_buffer.ts";

/** Where lines end up: `Deno.stdout`, an open file, or a test's array. */
export interface LineSink {
  write(bytes: Uint8Array): Promise<number>;
}

/**
 * Writes lines one after the other, without ever making the program wait: what cannot be written yet is buffered.
 * A sink that fails gets no more lines.
 */
export class LineWriter {
  readonly #sink: LineSink;
  readonly #buffer = new LineBuffer();
  #writing: Promise<void> | undefined;
  #broken = false;
  #paused = false;
  #whenIdle: (() => void) | undefined;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  /** Writes a line; the line feed is added. */
  write(line: string): void {
    if (this.#broken) return;
    this.#buffer.add(encodeBytes(`${line}\n`));
    this.#begin();
  }

  /**
   * Writes no further line until `resume`; lines are buffered meanwhile. True: nothing is being written; false: `idle`
   * is called when the line that is being written is finished.
   */
  pause(idle: () => void): boolean {
    this.#paused = true;
    if (this.#writing === undefined) return true;
    this.#whenIdle = idle;
    return false;
  }

  /** Goes on after a pause; with `discard`, lines that were buffered meanwhile are forgotten. */
  resume({ discard }: { discard: boolean }): void {
    this.#paused = false;
    if (discard) this.#buffer.clear();
    this.#begin();
  }

  #begin(): void {
    if (!this.#paused && !this.#broken && !this.#buffer.isEmpty) this.#writing ??= this.#drain();
  }

  /** Waits until everything is written, at most `limit` milliseconds. */
  async flush(limit: number): Promise<void> {
    if (this.#writing === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeUp = new Promise<void>((resolve) => timer = setTimeout(resolve, limit));
    await Promise.race([this.#writing, timeUp]);
    clearTimeout(timer);
  }

  async #drain(): Promise<void> {
    try {
      for (let line = this.#next(); line !== undefined; line = this.#next()) {
        while (line.length > 0) line = line.subarray(await this.#sink.write(line));
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#broken = true;
      this.#buffer.clear();
    } finally {
      this.#writing = undefined;
      const idle = this.#whenIdle;
      this.#whenIdle = undefined;
      idle?.();
    }
  }

  #next(): Uint8Array | undefined {
    return this.#paused ? undefined : this.#buffer.take();
  }
}
