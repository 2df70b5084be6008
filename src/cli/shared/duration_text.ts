const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const UNITS = [[DAY, "d"], [HOUR, "h"], [MINUTE, "m"], [SECOND, "s"]] as const;

/** A length of time in milliseconds, in its two largest units: `3d 4h`, `3m 12s`, `7s`. */
export function durationText(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  const first = UNITS.findIndex(([size]) => length >= size);
  if (first === -1) return "0s";
  const [size, unit] = UNITS[first];
  const large = `${Math.floor(length / size)}${unit}`;
  const next = UNITS[first + 1];
  return next === undefined ? large : `${large} ${Math.floor((length % size) / next[0])}${next[1]}`;
}
