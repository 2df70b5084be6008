const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * When a log file reaches its age limit. A limit of one day means the next local midnight, and one hour the next full
 * hour; any other limit counts from the beginning of the file.
 *
 * @param limit in milliseconds
 * @param begin when the file began, in milliseconds since 1970
 * @returns in milliseconds since 1970
 */
export function periodEnd(limit: number, begin: number): number {
  const date = new Date(begin);
  if (limit === DAY) {
    // Where a change of the clock skips midnight, this is the first moment of the day. Days have 23 to 25 hours.
    return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
  }
  if (limit === HOUR) {
    // Not by the fields of a date: when the clock is set back, the next hour on the clock may be two hours away.
    const intoHour = (date.getMinutes() * 60 + date.getSeconds()) * 1000 + date.getMilliseconds();
    return begin - intoHour + HOUR;
  }
  return begin + limit;
}
