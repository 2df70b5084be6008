/** Times on the command line of `logs`. */

import { parseDuration } from "../../../description/text/units.ts";
import { ctlFailure } from "../../shared/failure.ts";

const DAY = 86_400_000;

/**
 * The moment that a text names, in milliseconds since 1970: a duration before `now` (10m), a time of the day (14:30, the
 * last one), a date (2026-01-31) or both, in local time unless it has a zone. Throws `ToolFailure`.
 */
export function momentOf(text: string, option: string, now: number): number {
  const time = /^\d/.test(text) ? clockTime(text, now) ?? dateTime(text) ?? before(text, now) : undefined;
  if (time !== undefined) return time;
  throw ctlFailure(`${option} should be followed by a time such as 10m, 14:30 or 2026-01-31`)
    .about({ kind: "option-value", value: text, oneOf: [] });
}

function clockTime(text: string, now: number): number | undefined {
  const [, hours, minutes, seconds = 0] = /^(\d\d?):(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
  if (hours === undefined) return undefined;
  const time = new Date(now).setHours(Number(hours), Number(minutes), Number(seconds), 0);
  return time > now ? time - DAY : time;
}

function dateTime(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  // A date alone would be read as UTC.
  const time = Date.parse(/^.{10}$/.test(text) ? `${text}T00:00` : text);
  return Number.isNaN(time) ? undefined : time;
}

function before(text: string, now: number): number | undefined {
  try {
    return now - parseDuration(text);
  } catch {
    return undefined; // the only failure is a text of another form
  }
}
