/**
 * The times of cron expressions equal those that are found by looking at each minute, also around changes to and from
 * daylight saving time. `DINIT_TEST_SCALE=10` looks at all zones with such changes, over ten years.
 */

import { assertEquals } from "@std/assert";
import { EFFORT, fc } from "../random.ts";
import { plainCron } from "../../src/model/cron_expression.ts";
import { cronTimes } from "../../src/schedule/cron_times.ts";
import { SCALE } from "../_scale.ts";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
/** Offsets change at no other times than at quarters of an hour. */
const QUARTER = 15 * MINUTE;
const BEGIN = Date.UTC(2026, 0, 1);
const YEARS = SCALE > 1 ? 10 : 1;
const END = Date.UTC(2026 + YEARS, 0, 1);
const ZONES = SCALE > 1
  ? Intl.supportedValuesOf("timeZone")
  : ["Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut"];

/** The clock of a zone: how far it is ahead of UTC, for each quarter of an hour. */
class Zone {
  readonly name: string;
  readonly #offsets: Int32Array;
  /** When the offset changes. */
  readonly changes: readonly number[];

  constructor(name: string) {
    this.name = name;
    const format = new Intl.DateTimeFormat("en", { timeZone: name, timeZoneName: "longOffset" });
    this.#offsets = new Int32Array((END - BEGIN) / QUARTER + 800 * 96);
    const offsetAt = (index: number) => {
      const text = format.format(BEGIN + index * QUARTER);
      const [, sign = "+", hours = 0, minutes = 0] = /GMT(?:([+-])(\d+):(\d+))?/.exec(text) ?? [];
      return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE;
    };
    const changes: number[] = [];
    const fill = (from: number, to: number, first: number, last: number) => {
      // No zone changes its clock and takes that back within two weeks, except around Ramadan: then it takes longer.
      if (first === last && to - from <= 14 * 96) return void this.#offsets.fill(first, from, to);
      if (to - from === 1) {
        this.#offsets[from] = first;
        changes.push(BEGIN + to * QUARTER);
        return;
      }
      const middle = (from + to) >> 1;
      const between = offsetAt(middle);
      fill(from, middle, first, between);
      fill(middle, to, between, last);
    };
    const last = this.#offsets.length - 1;
    fill(0, last, offsetAt(0), offsetAt(last));
    this.#offsets[last] = offsetAt(last);
    this.changes = changes.filter((time) => time < END);
  }

  /** The wall clock as if it were UTC. */
  local(time: number): number {
    return time + this.#offsets[Math.floor((time - BEGIN) / QUARTER)];
  }
}

/** Whether a number is in a field without names. */
function inField(field: string, number: number, least: number): boolean {
  return field.split(",").some((item) => {
    const [range, step = "1"] = item.split("/");
    const [from, to = from] = range === "*" ? [least, 99] : range.split("-").map(Number);
    return number >= from && number <= to && (number - from) % Number(step) === 0;
  });
}

function isDay([, , days, months, weekdays]: readonly string[], local: Date): boolean {
  if (!inField(months, local.getUTCMonth() + 1, 1)) return false;
  const day = local.getUTCDate();
  const length = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 0)).getUTCDate();
  const fitsDay = days.split(",").some((item) => item === "L" ? day === length : inField(item, day, 1));
  const weekday = local.getUTCDay();
  const fitsWeekday = weekdays.split(",").some((item) => {
    const [name, nth] = item.split("#");
    if (!inField(name, weekday, 0) && !(weekday === 0 && inField(name, 7, 0))) return false;
    if (nth === undefined) return true;
    return nth === "L" ? day + 7 > length : Math.ceil(day / 7) === Number(nth);
  });
  if (days === "*") return fitsWeekday;
  return weekdays === "*" ? fitsDay : fitsDay || fitsWeekday;
}

/** A single hour and a single minute: such a time comes exactly once a day. */
function isFixed([minute, hour]: readonly string[]): boolean {
  return /^\d+$/.test(minute) && /^\d+$/.test(hour);
}

/** The next time after this one, by looking at each minute. */
function bruteNext(fields: readonly string[], zone: Zone, after: number): number | undefined {
  const first = Math.floor(after / MINUTE) * MINUTE + MINUTE;
  for (let time = first; time < first + 800 * DAY - 2 * DAY && time < END + 700 * DAY; time += MINUTE) {
    const local = new Date(zone.local(time));
    const minutes = local.getUTCHours() * 60 + local.getUTCMinutes();
    const isPossible = isDay(fields, local) &&
      (isFixed(fields) || inField(fields[1], local.getUTCHours(), 0));
    if (!isPossible) { // day and hour do not change within a quarter of an hour
      time += (14 - local.getUTCMinutes() % 15) * MINUTE;
      continue;
    }
    if (isFixed(fields)) {
      const wanted = Number(fields[1]) * 60 + Number(fields[0]);
      // The last minute that was earlier on this day's clock, or yesterday, and every minute since then is later.
      const before = new Date(zone.local(time - MINUTE));
      const wasBefore = before.getUTCDate() !== local.getUTCDate() ||
        before.getUTCHours() * 60 + before.getUTCMinutes() < wanted;
      if (minutes >= wanted && wasBefore && !cameBefore(zone, time, wanted)) {
        return time;
      }
      continue;
    }
    if (inField(fields[0], local.getUTCMinutes(), 0)) return time;
  }
  return undefined;
}

/** Whether the clock has shown this minute of the same day before, because it was set back since then. */
function cameBefore(zone: Zone, time: number, wanted: number): boolean {
  const today = new Date(zone.local(time)).getUTCDate();
  for (let earlier = time - MINUTE; earlier > time - 4 * 60 * MINUTE; earlier -= MINUTE) {
    const local = new Date(zone.local(earlier));
    if (local.getUTCDate() === today && local.getUTCHours() * 60 + local.getUTCMinutes() >= wanted) {
      return true;
    }
  }
  return false;
}

const numberIn = (least: number, most: number) => fc.integer({ min: least, max: most }).map(String);
const rangeIn = (least: number, most: number) =>
  fc.tuple(
    fc.integer({ min: least, max: most }),
    fc.integer({ min: least, max: most }),
    fc.integer({ min: 1, max: 5 }),
  )
    .map(([a, b, step]) => `${Math.min(a, b)}-${Math.max(a, b)}${step === 1 ? "" : `/${step}`}`);
const listOf = (item: fc.Arbitrary<string>) =>
  fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(","));
const field = (least: number, most: number, ...more: string[]) =>
  fc.oneof(
    fc.constant("*"),
    numberIn(least, most),
    listOf(fc.oneof(numberIn(least, most), rangeIn(least, most), ...more.map((text) => fc.constant(text)))),
    fc.constantFrom("*/2", "*/3", ...more),
  );
/** Times in the night, when clocks change, are as frequent as all others. */
const hour = fc.oneof(field(0, 23), numberIn(0, 3), rangeIn(0, 4));
const weekday = fc.oneof(fc.constant("*"), fc.constant("*"), field(0, 6, "fri#2", "sun#L", "1L", "5-7"));
const expression = fc.tuple(field(0, 59), hour, field(1, 28, "L"), field(1, 12), weekday);

/** Moments to look from: shortly before and after the changes of the clock, and others. */
function moments({ changes }: Zone): fc.Arbitrary<number> {
  const random = fc.integer({ min: BEGIN + 2 * DAY, max: END - 2 * DAY });
  if (changes.length === 0) return random;
  return fc.oneof(
    random,
    fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -30 * 60, max: 6 * 60 }))
      .map(([change, minutes]) => Math.max(BEGIN + 2 * DAY, change + minutes * MINUTE)),
  );
}

for (const name of ZONES) {
  Deno.test(`the times of cron expressions equal those found minute by minute, in ${name}`, () => {
    const zone = new Zone(name);
    if (SCALE > 1 && zone.changes.length === 0) return; // without a change, it is like UTC
    fc.assert(
      fc.property(expression, moments(zone), (words, after) => {
        const fields = plainCron(words).split(" ");
        assertEquals(
          iso(cronTimes([fields.join(" ")], name).after(after)),
          iso(bruteNext(fields, zone, after)),
        );
      }),
      { numRuns: Math.ceil(80 * EFFORT) },
    );
  });
}

function iso(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}

Deno.test("a fixed time runs once a day: after a gap of the clock, and the first time when the clock is set back", () => {
  const times = cronTimes(["30 2 * * *"], "Europe/Zurich");
  assertEquals(iso(times.after(Date.UTC(2026, 2, 28, 12))), "2026-03-29T01:00:00.000Z");
  assertEquals(iso(times.after(Date.UTC(2026, 9, 24, 12))), "2026-10-25T00:30:00.000Z");
  assertEquals(iso(times.after(Date.UTC(2026, 9, 25, 0, 30))), "2026-10-26T01:30:00.000Z");
});

Deno.test("of several expressions the next one counts", () => {
  const times = cronTimes(["0 3 * * *", "0 2 1 * *"], "UTC");
  assertEquals(iso(times.after(Date.UTC(2026, 0, 31, 4))), "2026-02-01T02:00:00.000Z");
  assertEquals(iso(times.after(Date.UTC(2026, 1, 1, 2))), "2026-02-01T03:00:00.000Z");
});
