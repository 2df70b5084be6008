/** What services cost, as text. */

import type { Figures } from "../../insight/mod.ts";

const UNITS = ["B", "K", "M", "G", "T"];

/** A number of bytes: `812K`, `1.5M`. */
export function bytesText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size >= 10 || unit === 0 ? Math.round(size) : size.toFixed(1)}${UNITS[unit]}`;
}

/** The use of processors: 100 % is one whole processor. Empty if it is unknown. */
export function cpuText({ cpu }: Figures): string {
  return cpu === undefined ? "" : `${(100 * cpu).toFixed(1)}%`;
}

/** All figures in one line: `CPU 1.2%, memory 8.5M, 3 processes`. */
export function figuresText(figures: Figures): string {
  const { memory, processes } = figures;
  const count = processes === 1 ? "1 process" : `${processes} processes`;
  return `CPU ${cpuText(figures) || "?"}, memory ${bytesText(memory)}, ${count}`;
}
