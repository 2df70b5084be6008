import { encodeBytes } from "../../model/mod.ts";
import type { StampChoice } from "../../options/dinit_log.ts";
import type { Emit, LineFormat } from "./line_format.ts";
import { LogOutput, type OutputContext, type OutputOptions } from "./log_output.ts";
import { RateLimit } from "./rate_limit.ts";
import { type Clocks, lineFormat } from "./stamps.ts";

/** How one log is kept. */
export interface KeeperOptions extends OutputOptions {
  readonly stamps: StampChoice;
  readonly format: "text" | "json";
  /** Lines in a second; 0: any number. */
  readonly rateLimit: number;
}

/** What a keeper receives from its maker. */
export type KeeperContext = OutputContext & Clocks;

/** The beginning of a second: dropped lines are reported then. */
const SECOND = 1000;

/**
 * Keeps the log of one service: bytes in, files out. It never waits, and its memory is limited. One program may have any
 * number of keepers.
 */
export class LogKeeper {
  readonly #context: KeeperContext;
  readonly #output: LogOutput;
  readonly #format: LineFormat;
  readonly #rate: RateLimit | undefined;
  readonly #limit: number;
  readonly #emit: Emit;
  #note: ReturnType<typeof setTimeout> | undefined;

  /** @param path of the log file, which may not exist or not be writable yet */
  constructor(path: string, options: KeeperOptions, context: KeeperContext) {
    this.#context = context;
    this.#output = new LogOutput(path, options, context);
    this.#format = lineFormat(options, context, !this.#output.atLineStart);
    this.#limit = options.rateLimit;
    this.#rate = options.rateLimit > 0 ? new RateLimit(options.rateLimit) : undefined;
    this.#emit = (bytes) => this.#output.append(bytes);
  }

  /** Takes output of the service; the array may be used again afterwards. */
  write(bytes: Uint8Array): void {
    if (this.#rate === undefined) return this.#format.format(bytes, this.#emit);
    this.#reportDropped();
    this.#rate.filter(bytes, this.#context.elapsed(), (kept) => this.#format.format(kept, this.#emit));
    if (this.#rate.hasDropped) this.#note ??= setTimeout(() => this.#reportDropped(), SECOND);
  }

  /** Opens the file again, after another program has renamed it. */
  reopen(): void {
    this.#output.reopen();
  }

  /** Ends the log. `ended`: the service has ended, so a line without end will not continue. */
  async close({ ended }: { readonly ended: boolean }): Promise<void> {
    clearTimeout(this.#note);
    if (this.#rate?.hasDropped) this.#writeDropped(this.#rate.takeDropped(Infinity));
    if (ended) this.#format.finish(this.#emit);
    await this.#output.close();
  }

  #reportDropped(): void {
    clearTimeout(this.#note);
    this.#note = undefined;
    if (this.#rate === undefined || !this.#rate.hasDropped) return;
    this.#writeDropped(this.#rate.takeDropped(this.#context.elapsed()));
    if (this.#rate.hasDropped) this.#note = setTimeout(() => this.#reportDropped(), SECOND);
  }

  #writeDropped(count: number): void {
    if (count === 0) return;
    this.#format.format(encodeBytes(droppedText(count, this.#limit)), this.#emit);
  }
}

/** The line in the log for lines that the rate limit has dropped. */
export function droppedText(count: number, limit: number): string {
  const lines = count === 1 ? "1 line was" : `${count} lines were`;
  return `(dinit-log: ${lines} dropped: more than ${limit} a second)\n`;
}
