import { periodEnd } from "../../rotation/mod.ts";
import type { LogLimits } from "./log_limits.ts";
import type { RotationOutcome } from "./rotation_program.ts";

/** The shortest and the longest pause between two looks at a file that grows, in milliseconds. */
const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;
/** The pause after a rotation that has failed, in milliseconds. */
const FAILURE_PAUSE = 60_000;
/** How much a file must grow before another attempt if nothing could be cut off, in bytes. */
const GROWTH = 65_536;
/** The longest timer, in milliseconds: the wall clock may be set, and the machine may sleep meanwhile. */
const LONGEST_TIMER = 86_400_000;

/** What a watched log is given. */
export interface WatchedLogContext {
  /** Rotates the file. */
  rotate(limits: LogLimits, always: boolean): Promise<RotationOutcome>;
  /** Calls `look` when the file is written next. False: that is not possible. */
  arm(log: WatchedLog): boolean;
  /** Reports why the file cannot be rotated, or that it can be again (`undefined`). */
  report(problem: string | undefined): void;
  /** Wall clock time, in milliseconds since 1970. */
  now(): number;
}

/**
 * The log file of one service. While nothing is written, nothing happens; while it grows, the size is looked at, the
 * more often the nearer it is to its limit.
 */
export class WatchedLog {
  readonly #context: WatchedLogContext;
  #limits: LogLimits;
  /** What was seen last. */
  #size = 0;
  #seen: number | undefined;
  /** When the first byte was written that is in the file, as far as it is known. */
  #begin: number | undefined;
  /** The size from which on to rotate, if more than the limit. */
  #floor = 0;
  /** No rotation before this time. */
  #notBefore = 0;
  #isArmed = false;
  #isOver = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #aging: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> | undefined;
  #rotating: Promise<RotationOutcome> | undefined;
  #problem: string | undefined;

  constructor(limits: LogLimits, context: WatchedLogContext) {
    this.#limits = limits;
    this.#context = context;
  }

  get path(): string {
    return this.#limits.path;
  }

  /** The description of the service has changed. */
  change(limits: LogLimits): void {
    this.#limits = limits;
    this.#floor = this.#notBefore = 0;
    this.#isArmed = false;
    this.look();
  }

  /** A process has been started, so there may be a new file. */
  started(): void {
    this.#isArmed = false;
    if (this.#timer === undefined) this.look();
  }

  /** The file has been written since `arm`. */
  written(): void {
    this.#isArmed = false;
    this.#lookIn(SHORTEST_PAUSE);
  }

  /** Looks at the file, and rotates it if that is due. */
  look(): void {
    this.#looking ??= this.#look().finally(() => this.#looking = undefined);
  }

  /** Rotates the file now. */
  async rotate(always = true): Promise<RotationOutcome> {
    await this.#rotating;
    this.#rotating = this.#context.rotate(this.#limits, always);
    const outcome = await this.#rotating.finally(() => this.#rotating = undefined);
    const now = this.#context.now();
    const problem = typeof outcome === "string" ? undefined : outcome.problem;
    this.#begin = now;
    this.#floor = outcome === "small" ? this.#size + GROWTH : 0;
    this.#notBefore = problem === undefined ? 0 : now + FAILURE_PAUSE;
    if (problem !== this.#problem) this.#context.report(problem);
    this.#problem = problem;
    if (!this.#isOver) this.#lookIn(0);
    return outcome;
  }

  /** The service has no log file with limits any more. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#aging);
  }

  #lookIn(pause: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.look();
    }, pause);
  }

  async #look(): Promise<void> {
    if (this.#rotating !== undefined || this.#isOver) return;
    const pause = await this.#observe();
    if (this.#isOver || this.#rotating !== undefined) return;
    const dueAt = this.#dueAt();
    if (this.#context.now() >= dueAt) return void this.rotate(!this.#isTooLarge());
    this.#lookAt(dueAt);
    if (pause !== undefined) return this.#lookIn(pause);
    if (this.#seen === undefined || this.#isArmed) return; // without a file, the next process creates one
    this.#isArmed = this.#context.arm(this);
    // What was written before it was armed is announced by nobody.
    const late = await this.#observe();
    if (late !== undefined || !this.#isArmed) this.#lookIn(late ?? LONGEST_PAUSE);
  }

  /** Looks at the size. Returns the pause until the next look; `undefined` if the file does not grow. */
  async #observe(): Promise<number | undefined> {
    const found = await statusOf(this.#limits.path);
    const now = this.#context.now();
    const { size = 0, mtime } = found ?? {};
    const [before, seen] = [this.#size, this.#seen];
    this.#size = size;
    this.#seen = found === undefined ? undefined : now;
    if (size < before) this.#floor = 0;
    if (size === 0) this.#begin = undefined;
    else if (size < before) this.#begin = now;
    else this.#begin ??= seen === undefined ? mtime?.getTime() ?? now : now;
    if (found === undefined || size === before || seen === undefined) return undefined;
    if (size < before) return SHORTEST_PAUSE; // it was rotated or truncated
    const speed = (size - before) / Math.max(1, now - seen);
    const room = Math.max(this.#limits.maxSize, this.#floor) - size;
    const pause = this.#limits.maxSize === 0 ? LONGEST_PAUSE : room / speed / 2;
    return Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, pause));
  }

  #isTooLarge(): boolean {
    const { maxSize } = this.#limits;
    return maxSize > 0 && this.#size >= Math.max(maxSize, this.#floor);
  }

  /** When to rotate, by the wall clock. */
  #dueAt(): number {
    const { maxAge } = this.#limits;
    if (this.#size === 0) return Infinity;
    const begin = maxAge === 0 ? undefined : this.#begin;
    const due = this.#isTooLarge() ? 0 : begin === undefined ? Infinity : periodEnd(maxAge, begin);
    return Math.max(due, this.#notBefore);
  }

  #lookAt(time: number): void {
    clearTimeout(this.#aging);
    if (!Number.isFinite(time)) return;
    const pause = Math.min(LONGEST_TIMER, Math.max(SHORTEST_PAUSE, time - this.#context.now()));
    this.#aging = setTimeout(() => this.look(), pause);
  }
}

/** The file at a path; `undefined` if there is no regular file. */
async function statusOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    const found = await Deno.stat(path);
    return found.isFile ? found : undefined;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
