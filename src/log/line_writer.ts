import { encodeBytes } from "../model/mod.ts";
import { LineBuffer } from "./line_buffer.ts";
import { Retries } from "./retries.ts";

/** The destination of lines: `Deno.stdout`, an open file, the system's log, or a test's array. */
export interface LineSink {
  /** Takes some of the bytes and returns how many. A sink that is full at the moment throws `WouldBlock`. */
  write(bytes: Uint8Array): Promise<number>;
  /** Whether opening again would give a different file: the file was moved or removed. */
  isOutdated?(): boolean;
  /** Called when the sink is replaced. */
  close?(): void;
}

/** How long to wait before a sink that is full is tried again, in milliseconds. */
const FULL_RETRY = 20;

/** Options of `LineWriter`. */
export interface LineWriterOptions {
  /**
   * Opens the sink again and passes it to `attach`. Without a sink, or after an error, it is called again later.
   * @default the failed sink is tried again
   */
  readonly reopen?: () => Promise<void>;
  /** The sink has failed; it will be tried again. @default nothing */
  readonly failed?: (error: Error) => void;
  /** The sink works again; `lost` messages did not fit into the buffer meanwhile. @default nothing */
  readonly recovered?: (lost: number) => void;
}

/**
 * Writes lines in order and never makes the program wait: lines that cannot be written yet are buffered. A failed sink
 * is tried again, and soon after a new line. It gives up only a pipe without a reader that cannot be opened again.
 */
export class LineWriter {
  readonly #buffer = new LineBuffer();
  readonly #options: LineWriterOptions;
  readonly #retries = new Retries(() => this.#tryAgain());
  #sink: LineSink | undefined;
  #writing: Promise<void> | undefined;
  #broken = false;
  /** Whether the failure was reported and the recovery was not. */
  #hasFailed = false;
  #paused = false;
  /** The sink must be replaced before the next line. */
  #outdated = false;
  #whenIdle: (() => void) | undefined;
  /** How many lines must still be written before a pause begins. */
  #due = 0;

  /** Without a sink, lines are buffered until there is one. */
  constructor(sink?: LineSink, options: LineWriterOptions = {}) {
    this.#sink = sink;
    this.#options = options;
  }

  /** Whether there is a sink. */
  get attached(): boolean {
    return this.#sink !== undefined;
  }

  /** Buffered lines, and all lines from now on, go to this sink. */
  attach(sink: LineSink): void {
    this.#sink = sink;
    if (this.#buffer.isEmpty) this.#succeeded();
    this.#begin();
  }

  /** Writes a line; the line feed is added. */
  write(line: string): void {
    if (this.#broken) return;
    this.#buffer.add(encodeBytes(`${line}\n`));
    if (this.#retries.active) this.#retries.hurry();
    else this.#begin();
  }

  /** Replaces the sink, if there is one, after the current line. */
  renew(): void {
    if (this.#sink === undefined) return;
    this.#outdated = true;
    this.#writing ??= this.#drainSoon();
  }

  /** There is no sink yet: tries to open it until that succeeds. */
  keepTrying(): void {
    if (this.#sink === undefined) this.#retries.begin();
  }

  /**
   * Pauses writing until `resume`; lines are buffered. True: at once; false: earlier lines are still waiting, and
   * `idle` is called when they are written.
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

  /** Continues after a pause; with `discard`, it drops lines that were buffered meanwhile. */
  resume({ discard }: { discard: boolean }): void {
    this.#paused = false;
    if (discard) this.#buffer.clear();
    this.#begin();
  }

  #begin(): void {
    if (this.#paused || this.#sink === undefined || this.#buffer.isEmpty) return;
    this.#writing ??= this.#drainSoon();
  }

  /** Writes after the current work: by then what a line says is saved, and true for the next daemon, too. */
  async #drainSoon(): Promise<void> {
    await undefined;
    await this.#drain();
  }

  /** Waits until everything is written, at most `limit` milliseconds. Tries a failed sink once more. */
  async flush(limit: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeUp = new Promise<void>((resolve) => timer = setTimeout(resolve, limit));
    const written = async () => {
      await this.#writing;
      await this.#retries.now();
      await this.#writing;
    };
    await Promise.race([written(), timeUp]);
    clearTimeout(timer);
  }

  async #drain(): Promise<void> {
    let line: Uint8Array | undefined;
    try {
      for (;;) {
        const sink = this.#usableSink() ?? await this.#replacement();
        line = this.#next();
        if (line === undefined) break;
        while (line.length > 0) line = line.subarray(await writeSome(sink, line));
        this.#succeeded();
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#failed(error, line);
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

  // ---- Replacing and trying again ----------------------------------------------------------------------------

  #usableSink(): LineSink | undefined {
    return this.#outdated || this.#sink?.isOutdated?.() ? undefined : this.#sink;
  }

  /** A new sink for the next line. Throws if there is none. */
  async #replacement(): Promise<LineSink> {
    this.#outdated = false;
    this.#detach();
    await this.#options.reopen?.();
    if (this.#sink === undefined) throw new Deno.errors.NotConnected("nobody takes the lines (os error 107)");
    return this.#sink;
  }

  #detach(): void {
    if (this.#options.reopen === undefined) return;
    this.#sink?.close?.();
    this.#sink = undefined;
  }

  #failed(error: Error, rest: Uint8Array | undefined): void {
    if (this.#options.reopen === undefined && isFinal(error)) {
      this.#sink = undefined;
      this.#broken = true;
      this.#buffer.clear();
      return;
    }
    if (rest !== undefined && rest.length > 0) this.#buffer.putBack(rest);
    this.#detach();
    this.#retries.begin();
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#options.failed?.(error);
  }

  #succeeded(): void {
    const lost = this.#buffer.discarded;
    this.#buffer.discarded = 0;
    this.#retries.end();
    if (!this.#hasFailed) return;
    this.#hasFailed = false;
    this.#options.recovered?.(lost);
  }

  /** Whether the failed sink works again. */
  async #tryAgain(): Promise<boolean> {
    if (this.#sink === undefined) await this.#options.reopen?.().catch(() => {}); // it is called again later
    if (this.#sink === undefined) return this.#broken;
    this.#begin();
    await this.#writing;
    return !this.#retries.active;
  }
}

/** The pipe has lost its reader for ever, or is not open. */
function isFinal(error: Error): boolean {
  return error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.BadResource;
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
