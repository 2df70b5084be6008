/**
 * Cron expressions: their form, checked with places. `src/schedule/` computes the times. A description is read at once,
 * and the package that computes is loaded only when it is needed, so the check does without it.
 */

/** What is wrong with an expression, and where. */
export class CronError extends Error {
  override readonly name = "CronError";
  /** The number of the word with the mistake, from 0. */
  readonly field: number;
  /** Where the mistake begins in the word. */
  readonly offset: number;

  constructor(message: string, field: number, offset = 0) {
    super(message);
    this.field = field;
    this.offset = offset;
  }
}

/** The short forms. */
const NICKNAMES: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names for the numbers from `least` on. @default none */
  readonly names?: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const FIELDS: readonly Field[] = [
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day of the month", least: 1, most: 31 },
  { name: "month", least: 1, most: 12, names: MONTHS },
  { name: "day of the week", least: 0, most: 7, names: DAYS },
];
const [, , DAY, MONTH, WEEKDAY] = FIELDS;

/** The most days of each month. */
const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Checks an expression, and returns it in its plain form: five fields of numbers.
 * @param words its words
 * @throws {CronError} It has another form, or never comes true.
 */
export function plainCron(words: readonly string[]): string {
  const [first = ""] = words;
  if (first.startsWith("@")) return nickname(words);
  if (words.length !== FIELDS.length) {
    throw new CronError(
      `a cron expression has five fields (minute, hour, day of the month, month, day of the week), not ${words.length}`,
      Math.min(words.length, FIELDS.length + 1) - 1,
    );
  }
  const fields = FIELDS.map((field, index) => plainField(field, index, words[index]));
  checkDate(words, fields);
  return fields.join(" ");
}

function nickname(words: readonly string[]): string {
  const expression = NICKNAMES.get(words[0].toLowerCase());
  if (expression === undefined) {
    const more = words[0].toLowerCase() === "@reboot"
      ? "; a process or scripted service runs at each start"
      : "";
    throw new CronError(`'${words[0]}' is not one of ${[...NICKNAMES.keys()].join(", ")}${more}`, 0);
  }
  if (words.length > 1) throw new CronError(`nothing may follow ${words[0]}`, 1);
  return expression;
}

/** A list of values, ranges and steps. */
function plainField(field: Field, index: number, word: string): string {
  let offset = 0;
  const items: string[] = [];
  for (const item of word.split(",")) {
    const fail = (message: string): never => {
      throw new CronError(`${field.name} '${word}': ${message}`, index, offset);
    };
    items.push(plainItem(field, item, fail));
    offset += item.length + 1;
  }
  return items.join(",");
}

function plainItem(field: Field, item: string, fail: (message: string) => never): string {
  if (item === "*") return item;
  if (field === DAY && item.toUpperCase() === "L") return "L";
  const nth = field === WEEKDAY ? /^([a-z0-9]+)(?:#([0-9]+|l)|(l))$/i.exec(item) : null;
  if (nth !== null && isNaN(nameOrNumber(field, item))) {
    const day = value(field, nth[1], fail);
    const which = (nth[2] ?? nth[3]).toUpperCase();
    if (which !== "L" && !(Number(which) >= 1 && Number(which) <= 5)) {
      fail(`write #1 to #5, or #L for the last one`);
    }
    return `${day}#${which}`;
  }
  const [range, step, more] = item.split("/");
  if (more !== undefined) fail("there are two steps");
  const ends = range.split("-");
  if (ends.length > 2) fail(`'${range}' is no range`);
  const size = field === WEEKDAY ? DAYS.length : field.most - field.least + 1;
  if (step !== undefined && !(/^[0-9]+$/.test(step) && Number(step) >= 1 && Number(step) <= size)) {
    fail(`the step must be a number from 1 to ${size}`);
  }
  if (range === "*") return `*/${Number(step)}`;
  const from = value(field, ends[0], fail);
  if (ends.length === 1) {
    if (step !== undefined) fail(`a step needs a range: write ${range}-${field.most}/${step}, or */${step}`);
    return String(from);
  }
  const to = value(field, ends[1], fail);
  const end = field === WEEKDAY && to === 0 && from > 0 ? 7 : to;
  if (from > end) fail(`the range ${range} ends before it begins: write two ranges, with a comma`);
  return `${from}-${end}${step === undefined ? "" : `/${Number(step)}`}`;
}

function value(field: Field, text: string, fail: (message: string) => never): number {
  const number = nameOrNumber(field, text);
  if (number >= field.least && number <= field.most) return number;
  const names = field.names === undefined ? "" : `, or a name such as ${field.names[1]}`;
  return fail(`write numbers from ${field.least} to ${field.most}${names}, and not '${text}'`);
}

function nameOrNumber({ names = [], least }: Field, text: string): number {
  const index = names.indexOf(text.toLowerCase());
  if (index !== -1) return index + least;
  return /^[0-9]{1,4}$/.test(text) ? Number(text) : NaN;
}

/** With a day of the week, each week has a day. Without it, one of the months must have one of the days. */
function checkDate(words: readonly string[], fields: readonly string[]): void {
  const [days, months, weekdays] = [DAY, MONTH, WEEKDAY].map((field) => fields[FIELDS.indexOf(field)]);
  if (weekdays !== "*" || days.includes("L")) return;
  const least = Math.min(...numbersOf(days, DAY));
  if (numbersOf(months, MONTH).some((month) => least <= LENGTHS[month - 1])) return;
  const index = FIELDS.indexOf(DAY);
  throw new CronError(
    `it never comes true: no such month (${words[index + 1]}) has such a day (${words[index]})`,
    index,
  );
}

/** The numbers that a field in the plain form, without `L` and `#`, means. */
function numbersOf(plain: string, { least, most }: Field): number[] {
  return plain.split(",").flatMap((item) => {
    const [range, step = "1"] = item.split("/");
    const [from, to = from] = range === "*" ? [least, most] : range.split("-").map(Number);
    const count = Math.floor((to - from) / Number(step)) + 1;
    return Array.from({ length: count }, (_, index) => from + index * Number(step));
  });
}
