/** Expressions of `OnCalendar` as cron expressions with five fields. Pure functions. */

/** A cron expression, or why there is none. */
export type CronExpression =
  | { readonly cron: string; readonly zone: string | undefined; readonly note: string }
  | { readonly fault: string };

const SHORTHANDS: ReadonlyMap<string, string> = new Map([
  ["minutely", "*-*-* *:*:00"],
  ["hourly", "*-*-* *:00:00"],
  ["daily", "*-*-* 00:00:00"],
  ["monthly", "*-*-01 00:00:00"],
  ["weekly", "Mon *-*-* 00:00:00"],
  ["yearly", "*-01-01 00:00:00"],
  ["annually", "*-01-01 00:00:00"],
  ["quarterly", "*-01,04,07,10-01 00:00:00"],
  ["semiannually", "*-01,07-01 00:00:00"],
]);

const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** A longer expression is not read, in characters. */
const LONGEST = 500;

/** Turns an expression such as `Mon..Fri 2:30` into `30 2 * * 1,2,3,4,5`. */
export function cronOf(text: string): CronExpression {
  if (text.length > LONGEST) return { fault: "the expression is too long" };
  const [expression, zone] = withoutZone(text.trim());
  const words = (SHORTHANDS.get(expression.toLowerCase()) ?? expression).split(/\s+/);
  const days = /^[A-Za-z]/.test(words[0]) ? weekdays(words.shift() ?? "") : "*";
  const date = words[0]?.includes("-") || words[0]?.includes("~") ? words.shift() ?? "" : "*-*-*";
  const time = words.shift() ?? "00:00:00";
  if (days === undefined || words.length > 0) return { fault: "it is no time of the calendar" };
  const fields = dateFields(date, days);
  if (typeof fields === "string") return { fault: fields };
  const clock = timeFields(time);
  if (typeof clock === "string") return { fault: clock };
  const [month, day, weekday] = fields;
  const [hour, minute, note] = clock;
  return { cron: [minute, hour, day, month, weekday].join(" "), zone, note };
}

/** A time zone stands at the end: `UTC`, `Japan`, or a name with slashes. */
function withoutZone(text: string): [expression: string, zone: string | undefined] {
  const match = /^(.*\S)\s+([A-Z][A-Za-z0-9_+-]{2,}(?:\/[A-Za-z0-9_+-]+)*)$/.exec(text);
  return match === null ? [text, undefined] : [match[1], match[2]];
}

function weekdays(text: string): string | undefined {
  const days = new Set<number>();
  for (const part of text.replace(/,$/, "").split(",")) {
    const [first, last, ...more] = part.split(/\.\.|-/).map(weekday);
    if (first === undefined || more.length > 0 || (/\.\.|-/.test(part) && last === undefined)) {
      return undefined;
    }
    for (let day = first, count = 0; count < 7; day = (day + 1) % 7, count++) {
      days.add(day);
      if (day === (last ?? first)) break;
    }
  }
  return days.size === 7 ? "*" : [...days].sort().join(",");
}

/** The number of a day by its name, in full or with three letters. */
function weekday(text: string): number | undefined {
  const name = text.trim().toLowerCase();
  const day = WEEKDAYS.indexOf(name.slice(0, 3));
  const full = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"][day];
  return day !== -1 && (name.length === 3 || name === full) ? day : undefined;
}

/** Days of the month that, with a day of the week, mean the first one of the month, the second one, … or the last. */
const WEEKS: ReadonlyMap<string, string> = new Map([
  ["1..7", "1"],
  ["8..14", "2"],
  ["15..21", "3"],
  ["22..28", "4"],
  ["29..31", "5"],
  ["~7/1", "L"],
]);

function dateFields(
  text: string,
  weekdays: string,
): [month: string, day: string, weekday: string] | string {
  const isFromEnd = text.includes("~");
  const parts = text.split(/[-~]/);
  const [year, month, day] = parts.length === 2 ? ["*", ...parts] : parts;
  if (parts.length < 2 || parts.length > 3) return "it is no date";
  if (year !== "*") return "a schedule has no year";
  const months = field(month, 1, 12);
  const days = field(day, 1, 31);
  if (months === undefined || days === undefined) return "it is no date";
  if (weekdays !== "*" && (isFromEnd || days !== "*")) {
    const week = WEEKS.get((isFromEnd ? "~" : "") + day.replaceAll(/\b0+(?=[0-9])/g, ""));
    if (week !== undefined) {
      return [
        months,
        "*",
        weekdays.split(",").map((one) => `${one}#${week}`).join(","),
      ];
    }
    return "cron starts on the day of the week or of the month, where systemd needs both";
  }
  if (!isFromEnd) return [months, days, weekdays];
  if (days === "1") return [months, "L", weekdays];
  return "of the days from the end of a month, cron knows only the last one";
}

function timeFields(text: string): [hour: string, minute: string, note: string] | string {
  const parts = text.split(":");
  if (parts.length < 2 || parts.length > 3) return "it is no time of day";
  const [hour, minute] = [field(parts[0], 0, 23), field(parts[1], 0, 59)];
  if (hour === undefined || minute === undefined) return "it is no time of day";
  const seconds = parts[2] ?? "00";
  if (/^0+(\.0+)?$/.test(seconds)) return [hour, minute, ""];
  if (!/^[0-9]{1,2}(\.[0-9]+)?$/.test(seconds)) return "a schedule starts at full minutes";
  return [hour, minute, "it starts at the full minute"];
}

/** One field: `*`, numbers, ranges `a..b` and steps `a/n`, with commas between them. */
function field(text: string, least: number, most: number): string | undefined {
  const parts = text.split(",").map((part) => fieldPart(part, least, most));
  if (parts.includes(undefined)) return undefined;
  return parts.includes("*") ? "*" : parts.join(",");
}

function fieldPart(text: string, least: number, most: number): string | undefined {
  const [, first, last, step] = /^(\*|[0-9]{1,2})(?:\.\.([0-9]{1,2}))?(?:\/([0-9]{1,2}))?$/.exec(text) ?? [];
  if (first === undefined || Number(step ?? 1) === 0) return undefined;
  if (first === "*" && (last ?? step) !== undefined) return undefined; // systemd refuses it, too
  const [from, to] = [first, last].map((part) =>
    part === undefined || part === "*" ? undefined : Number(part)
  );
  const isOutside = (number = least) => number < least || number > most;
  if (isOutside(from) || isOutside(to) || (from !== undefined && to !== undefined && to < from)) {
    return undefined;
  }
  if (step === undefined) return from === undefined ? "*" : to === undefined ? String(from) : `${from}-${to}`;
  const count = Number(step);
  if (from === undefined || (from === least && to === undefined)) return count === 1 ? "*" : `*/${count}`;
  return `${from}-${to ?? most}/${count}`;
}
