/** The checks of one process of a service: when they run, and what their results mean. */

import { errnoText, type HealthSettings } from "../model/mod.ts";
import { SystemCallError } from "../system/mod.ts";
import type { Check, Outcome } from "./check.ts";

/**
 * A timer that is so late says that the daemon, or the whole machine, was stopped meanwhile: the result of a check then
 * says nothing about the service. In milliseconds.
 */
const LATE = 2_000;
/** How often a success after a success is saved, in milliseconds: there may be many in a second. */
const SAVED_EVERY = 10_000;
/** The next program makes checks that are due within this time, not all at once, in milliseconds. */
const SOON = 200;

/** What is known of the health of a process. */
export interface CheckState {
  verdict: "unknown" | "healthy" | "unhealthy";
  /** How many of the last checks have failed. */
  failures: number;
  /** A check of this process has succeeded. */
  succeeded: boolean;
  /** How many checks have ended since the daemon began to watch. */
  count: number;
  /** What the last check has shown. */
  words: string;
  /** When it ended, in milliseconds since 1970. */
  at: number | undefined;
}

/** Nothing is known yet. */
export function unchecked(): CheckState {
  return { verdict: "unknown", failures: 0, succeeded: false, count: 0, words: "", at: undefined };
}

/** What the checks are given. */
export interface CheckingContext {
  /** Milliseconds of a clock that also counts while the machine is suspended. */
  now(): number;
  readonly settings: HealthSettings;
  readonly check: Check;
  /** From 0 to 1, different for different services: it spreads their checks over the interval. */
  readonly shift: number;
  /** When the process was launched, by that clock. */
  readonly launchedAt: number;
  /** Whether failures count; otherwise only a success is waited for. */
  judges(): boolean;
  /** A check has succeeded. */
  healthy(): void;
  /** Too many checks in a row have failed. */
  unhealthy(why: string): void;
  /** The state has changed otherwise. */
  changed(): void;
}

/** Runs the checks, one after the other. */
export class Checking {
  readonly state: CheckState;
  readonly #context: CheckingContext;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = 0;
  /** When a success was saved, by the clock of the context. */
  #savedAt = 0;
  #running: AbortController | undefined;
  #stopped = false;

  /**
   * @param state what is known of the process
   * @param continues whether an earlier program has checked the process: then the pause after its last check goes on
   */
  constructor(context: CheckingContext, state: CheckState, { continues = false } = {}) {
    this.#context = context;
    this.state = state;
    this.#schedule(continues ? this.#rest() : this.#pause() * context.shift);
  }

  /** Checks now, unless a check runs. */
  runNow(): void {
    if (this.#running === undefined && !this.#stopped) this.#schedule(0);
  }

  /** Ends the checks. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#running = undefined;
  }

  #pause(): number {
    const { interval, startInterval } = this.#context.settings;
    return this.state.succeeded ? interval : startInterval;
  }

  /** What is left of the pause. A check that the earlier program had begun is lost, so its time has come. */
  #rest(): number {
    const pause = this.#pause();
    const { at } = this.state;
    const left = at === undefined ? 0 : at + pause - Date.now();
    const soon = Math.min(pause, SOON) * this.#context.shift;
    return Math.min(pause, Math.max(soon, left)); // the time of day may have been set
  }

  #schedule(pause: number): void {
    clearTimeout(this.#timer);
    this.#due = this.#context.now() + pause;
    this.#timer = setTimeout(() => void this.#run(), pause);
  }

  async #run(): Promise<void> {
    const { now, settings: { timeout }, check } = this.#context;
    const begin = now();
    const isLate = begin - this.#due > LATE;
    const abort = new AbortController();
    this.#running = abort;
    const limit = check.keepsLimit ? undefined : timeout;
    const outcome = await withLimit(limit, (signal) => check.run(signal), abort);
    if (this.#running !== abort) return; // the checks were stopped
    this.#running = undefined;
    const took = now() - begin;
    const wasFirst = !this.state.succeeded;
    // The result of a check during which the daemon stood still is void, and so is the first one after that.
    if (!isLate && took <= timeout + LATE) this.#judge(outcome, took);
    this.state.count += 1;
    if (this.#stopped) return;
    const spread = wasFirst && this.state.succeeded ? 1 - this.#context.shift : 1;
    this.#schedule(this.#pause() * spread);
  }

  #judge({ healthy, how }: Outcome, took: number): void {
    const { settings: { failures, startPeriod }, check, now, launchedAt } = this.#context;
    const { state } = this;
    state.words = `${check.what}: ${how} (${Math.round(took)} ms)`;
    state.at = Date.now();
    if (healthy) {
      const isNew = state.verdict !== "healthy" || state.failures > 0;
      Object.assign(state, { verdict: "healthy", failures: 0, succeeded: true });
      this.#context.healthy();
      if (isNew || now() - this.#savedAt >= SAVED_EVERY) {
        this.#savedAt = now();
        this.#context.changed();
      }
      return;
    }
    if (!this.#context.judges() || now() - launchedAt < startPeriod) return;
    state.failures += 1;
    this.#context.changed();
    if (state.failures < failures || state.verdict === "unhealthy") return;
    state.verdict = "unhealthy";
    const checks = `${state.failures} ${state.failures === 1 ? "check" : "checks"}`;
    this.#context.unhealthy(`unhealthy after ${checks}: ${state.words}`);
  }
}

/**
 * Performs a check, with a limit of time if there is one. A check that has ended has freed everything that it used; one
 * that is too late is aborted. An abort costs more than a check of the own machine, so there is none without a need.
 */
async function withLimit(
  limit: number | undefined,
  run: (signal: AbortSignal) => Promise<Outcome>,
  abort: AbortController,
): Promise<Outcome> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const late = limit === undefined ? [] : [
    new Promise<Outcome>((resolve) => {
      timer = setTimeout(() => {
        isOver = true;
        resolve({ healthy: false, how: `nothing within ${limit / 1000} s` });
      }, limit);
    }),
  ];
  try {
    return await Promise.race([run(abort.signal), ...late]);
  } catch (error) {
    if (error instanceof SystemCallError) return { healthy: false, how: errnoText(error.errno) };
    reportError(error); // a bug; the checks must go on
    return { healthy: false, how: "internal error" };
  } finally {
    clearTimeout(timer);
    if (isOver) abort.abort();
  }
}
