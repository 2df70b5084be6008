/** Cron expressions as expressions of `OnCalendar`. Pure functions. */

/**
 * The expressions of systemd that together come true when a cron expression does.
 *
 * @param cron in its plain form: five fields of numbers
 * @param zone the name of a time zone; empty: that of the machine
 */
export function calendarsOf(cron: string, zone: string): string[] {
  const [minute, hour, day, month, weekday] = cron.split(" ");
  const time = `${field(hour, HOURS)}:${field(minute, MINUTES)}:00`;
  const dates = datesOf(day, field(month, MONTHS), weekday);
  return dates.map((date) => [...date, time, zone].filter((word) => word !== "").join(" "));
}

/** Days of the week, which may be empty, and the date. */
type CalendarDate = readonly [weekdays: string, date: string];

/** In cron, one of the two days is enough. In systemd, both must fit, so each gets a separate expression. */
function datesOf(day: string, month: string, weekday: string): CalendarDate[] {
  const days = daysOf(day, month);
  if (weekday === "*") return days;
  return [...(day === "*" ? [] : days), ...weekdaysOf(weekday, month)];
}

/** Days of the month. `L` is counted from its end. */
function daysOf(day: string, month: string): CalendarDate[] {
  const items = day.split(",");
  const numbers = items.filter((item) => item !== "L");
  const dates: CalendarDate[] = [];
  if (numbers.length > 0) dates.push(["", `*-${month}-${field(numbers.join(","), DAYS)}`]);
  if (numbers.length < items.length) dates.push(["", `*-${month}~01`]);
  return dates;
}

/** The days of the month between which the first day of the week of a month lies, the second one, … or the last. */
const WEEKS: ReadonlyMap<string, string> = new Map([
  ["1", "-01..07"],
  ["2", "-08..14"],
  ["3", "-15..21"],
  ["4", "-22..28"],
  ["5", "-29..31"],
  ["L", "~07/1"],
]);

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

function weekdaysOf(weekday: string, month: string): CalendarDate[] {
  const everyWeek = new Set<number>();
  const dates: CalendarDate[] = [];
  for (const item of weekday.split(",")) {
    const [days, week] = item.split("#");
    const span = WEEKS.get(week);
    if (span === undefined) numbersOf(days).forEach((number) => everyWeek.add(number));
    else dates.push([WEEKDAYS[Number(days) % 7], `*-${month}${span}`]);
  }
  if (everyWeek.size === 0) return dates;
  const names = WEEKDAYS.filter((_, number) => everyWeek.has(number));
  return [[names.length === 7 ? "" : names.join(","), `*-${month}-*`], ...dates];
}

/** The days of the week that an item means; 0 and 7 are Sunday. */
function numbersOf(item: string): number[] {
  const [range, step = "1"] = item.split("/");
  const [from, to = from] = range === "*" ? [0, 6] : range.split("-").map(Number);
  const numbers: number[] = [];
  for (let number = from; number <= to; number += Number(step)) numbers.push(number % 7);
  return numbers;
}

/** The least and the greatest number of a field. */
type Bounds = readonly [least: number, most: number];
const MINUTES: Bounds = [0, 59];
const HOURS: Bounds = [0, 23];
const DAYS: Bounds = [1, 31];
const MONTHS: Bounds = [1, 12];

/** A field as systemd writes it: ranges `a..b` and steps `a/n`. */
function field(text: string, bounds: Bounds): string {
  const items = text.split(",");
  return items.includes("*") ? "*" : items.map((item) => fieldItem(item, bounds)).join(",");
}

function fieldItem(item: string, [least, most]: Bounds): string {
  const [range, step] = item.split("/");
  const [from, to] = range === "*" ? [least] : range.split("-").map(Number);
  const first = String(from).padStart(2, "0");
  // systemd refuses a range or a step with only one number.
  if (from + Number(step ?? 1) > (to ?? (step === undefined ? from : most))) return first;
  const numbers = to === undefined ? first : `${first}..${String(to).padStart(2, "0")}`;
  return step === undefined ? numbers : `${numbers}/${step}`;
}
