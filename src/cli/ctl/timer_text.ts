/** Schedules and runs in words. */

import type { RunDocument, TimerDocument } from "../../model/schedule_status.ts";
import { signalNameOf } from "../../model/signals.ts";
import { durationText } from "../shared/duration_text.ts";

const RESULTS: Readonly<Record<string, string>> = {
  "success": "success",
  "overdue": "took too long",
  "not-executed": "could not be executed",
  "stopped": "was stopped",
  "unknown": "ended unseen",
};

/** How a run has ended: `success`, `status 3`, `took too long (signal SIGTERM)`. */
export function resultText({ result, status, signal }: RunDocument): string {
  const how = signal !== undefined
    ? `signal ${signalNameOf(signal) ?? signal}`
    : status === undefined
    ? ""
    : `status ${status}`;
  if (result === "failed") return how === "" ? "failed" : how;
  const words = RESULTS[result] ?? result;
  return result === "overdue" && how !== "" ? `${words} (${how})` : words;
}

/** A time as a date in the zone of the machine, or in another one: `2026-11-29 03:00:00`. */
export function dateText(time: number, timeZone?: string): string {
  // This language writes dates like ISO 8601.
  return new Date(time).toLocaleString("sv-SE", timeZone === undefined ? {} : { timeZone });
}

/** How long a run took: with fractions if that was short. */
export function tookText(took: number): string {
  return took < 10_000 ? `${(took / 1000).toFixed(1)}s` : durationText(took);
}

/** When a service runs next: `2026-11-29 03:00:00 (in 3h 2m)`. */
export function nextText({ armed, next, why, running }: TimerDocument, now: number): string {
  const when = !armed
    ? "not while it is down"
    : next === undefined
    ? "-"
    : `${dateText(next)} (in ${durationText(next - now)}${why === undefined ? "" : `, ${why}`})`;
  return running === undefined ? when : `runs for ${durationText(now - running)}; then ${when}`;
}

/** The last run: `2026-11-28 03:00:00, success after 12s`. */
export function lastText(last: RunDocument): string {
  return `${dateText(last.at)}, ${resultText(last)} after ${tookText(last.took)}`;
}
