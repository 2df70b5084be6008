/** The schedule of one service: which run is due when, and what was missed. It only computes. */

import type { ScheduleSettings } from "../model/mod.ts";
import type { RunDocument } from "../model/schedule_status.ts";
import { DealtWith } from "./dealt_with.ts";
import { KEPT_RUNS, type SavedSchedule } from "./saved_schedule.ts";
import type { Times } from "./times.ts";

/**
 * A run that is so late was missed: the machine was off or suspended, the daemon stood still, or somebody has set the
 * clock. In milliseconds.
 */
export const MISSED_AFTER = 60_000;

/** A moment by both clocks, in milliseconds: since boot, and since 1970. */
export interface Moment {
  readonly now: number;
  readonly wall: number;
}

/**
 * What is due: a run, or none. Then the time of the run was missed by this many milliseconds, or only the clock was set.
 */
export type Due =
  | { readonly cause: "schedule" | "catch-up" }
  | { readonly missedBy: number }
  | { readonly clockSet: true };

/** What a schedule is made from. */
export interface ServiceScheduleParts {
  readonly settings: ScheduleSettings;
  /** The times of its cron expressions; `undefined`: it has an interval. */
  readonly times: Times | undefined;
  /** How much later its runs begin. */
  readonly jitter: number;
}

/** The schedule of one service. Without `arm` nothing is due. */
export class ServiceSchedule {
  #parts: ServiceScheduleParts;
  #armed = false;
  readonly #dealtWith: DealtWith;
  #owed: boolean;
  #runs: readonly RunDocument[];
  #base: number | undefined;
  #makeUpAt: number | undefined;
  /** The next slot of the cron expressions; `undefined`: not computed yet. */
  #slot: number | undefined;
  /** Somebody has set the clock, which is not taken into account yet. */
  #wasSet = false;

  /** @param saved what an earlier program knew */
  constructor(parts: ServiceScheduleParts, saved: SavedSchedule | undefined) {
    this.#parts = parts;
    this.#dealtWith = new DealtWith(saved?.dealtWith);
    this.#owed = saved?.owed ?? false;
    this.#runs = saved?.runs ?? [];
    this.#base = saved?.base;
    this.#makeUpAt = saved?.makeUpAt;
    this.#armed = saved?.armed ?? false;
  }

  /** Whether runs may begin. */
  get isArmed(): boolean {
    return this.#armed;
  }

  /** The last runs, the latest first. */
  get runs(): readonly RunDocument[] {
    return this.#runs;
  }

  /** What another program continues with. */
  get saved(): SavedSchedule {
    return {
      dealtWith: this.#dealtWith.stretches,
      owed: this.#owed,
      runs: this.#runs,
      base: this.#base,
      makeUpAt: this.#makeUpAt,
      armed: this.#armed,
    };
  }

  /** Its settings have changed. */
  change(parts: ServiceScheduleParts, { now, wall }: Moment): void {
    const { interval } = this.#parts.settings;
    this.#parts = parts;
    this.#slot = undefined;
    if (parts.settings.interval !== interval) this.#base = undefined;
    if (this.#armed) this.#beginInterval(now, wall);
    if (parts.settings.catchUp < 0) this.#forgetMissed();
  }

  /** A run has ended. However many fail after it, the last success is kept. */
  ended(run: RunDocument): void {
    const runs = [run, ...this.#runs];
    if (runs.length > KEPT_RUNS) {
      const isLastSuccess = runs.findIndex(isSuccess) === runs.length - 1;
      runs.splice(isLastSuccess ? -2 : -1, 1);
    }
    this.#runs = runs;
  }

  /** When the last successful run ended, in milliseconds since 1970; `undefined`: none is known. */
  get lastSuccess(): number | undefined {
    const run = this.#runs.find(isSuccess);
    return run && run.at + run.took;
  }

  // ---- Armed or not ------------------------------------------------------------------------------------------

  /** The service is up. Slots since the last one that is dealt with were missed. */
  arm({ now, wall }: Moment): void {
    if (this.#armed) return;
    this.#armed = true;
    const { settings: { catchUp, interval } } = this.#parts;
    const isOwed = this.#owed || this.#hasMissed(now, wall);
    if (interval === 0) this.#dealtWith.extend(this.#slotTime(wall));
    this.#slot = undefined;
    this.#beginInterval(now, wall);
    if (isOwed && catchUp >= 0) this.#owe(now);
    else this.#forgetMissed();
  }

  /** The service is not up any more: nothing is due. */
  disarm(): void {
    this.#armed = false;
    this.#makeUpAt = undefined;
  }

  /** Whether slots have passed since the last program, or since the service was up last. */
  #hasMissed(now: number, wall: number): boolean {
    const { times, settings: { interval } } = this.#parts;
    if (this.#dealtWith.stretches.length === 0) return false;
    if (times === undefined) {
      const last = this.#base ?? this.#baseBefore(now, wall);
      return last !== undefined && now - (last + interval) > MISSED_AFTER;
    }
    const slot = this.#dealtWith.next(times, this.#slotTime(wall));
    return slot !== undefined && slot <= this.#slotTime(wall);
  }

  /** The last slot of an interval, as a file has it, by the clock since boot. */
  #baseBefore(now: number, wall: number): number | undefined {
    const last = this.#dealtWith.stretches.findLast(([from]) => from <= wall)?.[1];
    return last === undefined || last > wall ? undefined : now - (wall - last);
  }

  #beginInterval(now: number, wall: number): void {
    const { settings: { interval }, jitter } = this.#parts;
    if (interval === 0) return;
    const base = this.#base ?? this.#baseBefore(now, wall) ?? now + jitter;
    const isLate = now - (base + interval) > MISSED_AFTER;
    this.#base = isLate ? now : base;
    if (isLate || this.#dealtWith.stretches.length === 0) this.#dealtWith.extend(wall);
  }

  // ---- What is due -------------------------------------------------------------------------------------------

  /** What is due now; it is dealt with then. `undefined`: nothing. */
  take({ now, wall }: Moment): Due | undefined {
    if (!this.#armed) return undefined;
    const late = this.#lateness(now, wall);
    if (late >= 0) this.#deal(now, wall, late);
    const wasSet = this.#wasSet;
    if (wasSet) this.#continueAt(wall);
    if (late >= 0) {
      if (late <= MISSED_AFTER) {
        this.#forgetMissed();
        return { cause: "schedule" };
      }
      if (this.#parts.settings.catchUp >= 0) this.#owe(now);
      return { missedBy: late };
    }
    if (this.#makeUpAt === undefined || this.#makeUpAt > now) return wasSet ? { clockSet: true } : undefined;
    this.#forgetMissed();
    return { cause: "catch-up" };
  }

  /** A missed run that is due must wait until this time, by the clock since boot. */
  postpone(until: number): void {
    this.#owed = true;
    this.#makeUpAt = until;
  }

  /** When something is due next, by the clock since boot; `Infinity`: never, as far as is known. */
  nextAt({ now, wall }: Moment): number {
    if (!this.#armed) return Infinity;
    return Math.min(now - this.#lateness(now, wall), this.#makeUpAt ?? Infinity);
  }

  /** Whether a missed run is made up before the next regular one. */
  isCatchUpNext(moment: Moment): boolean {
    return this.#makeUpAt !== undefined && this.nextAt(moment) === this.#makeUpAt;
  }

  /** Somebody has set the clock. `take` then finds the first slot that is due because of that, if there is one. */
  clockSet(): void {
    this.#slot = undefined;
    this.#wasSet = this.#armed && this.#parts.times !== undefined;
  }

  /** The time between the clock's two values has not passed: a slot in it may still come. */
  #continueAt(wall: number): void {
    this.#wasSet = false;
    this.#slot = undefined;
    this.#dealtWith.begin(this.#slotTime(wall));
  }

  /** Whether the next slot has to be computed, which takes a while. */
  get isStale(): boolean {
    return this.#armed && this.#parts.times !== undefined && this.#slot === undefined;
  }

  /** How late the next slot is, in milliseconds; negative: it is still to come. */
  #lateness(now: number, wall: number): number {
    const { times, settings: { interval } } = this.#parts;
    if (times === undefined) return this.#base === undefined ? -Infinity : now - (this.#base + interval);
    this.#slot ??= this.#dealtWith.next(times, this.#slotTime(wall)) ?? Infinity;
    return this.#slotTime(wall) - this.#slot;
  }

  #deal(now: number, wall: number, late: number): void {
    const { times, settings: { interval } } = this.#parts;
    const until = this.#slotTime(wall);
    this.#dealtWith.extend(times === undefined ? wall : this.#wasSet ? this.#slot ?? until : until);
    this.#slot = undefined;
    if (times === undefined) this.#base = late > MISSED_AFTER ? now : now - (late % interval);
  }

  #owe(now: number): void {
    this.#owed = true;
    this.#makeUpAt ??= now + this.#parts.settings.catchUp;
  }

  #forgetMissed(): void {
    this.#owed = false;
    this.#makeUpAt = undefined;
  }

  /** The time by which slots count: the jitter delays all of them. */
  #slotTime(wall: number): number {
    return wall - this.#parts.jitter;
  }
}

function isSuccess({ result }: RunDocument): boolean {
  return result === "success";
}
