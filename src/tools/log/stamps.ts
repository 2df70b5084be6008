/** Time stamps, and the beginnings of JSON documents. */

import { encodeBytes } from "../../model/mod.ts";
import type { StampChoice } from "../../options/dinit_log.ts";
import { JsonFormat, type LineFormat, type Stamp, StampedFormat, UNCHANGED } from "./line_format.ts";

/** The clocks of a log. */
export interface Clocks {
  /** Wall clock time, in milliseconds since 1970. */
  now(): number;
  /** Milliseconds since the start of the program; never runs backwards. */
  elapsed(): number;
}

/** The columns of a number of seconds, so that the lines of the first day are aligned. */
const ELAPSED_COLUMNS = 9;

/**
 * The format for the options of a log.
 *
 * @param inLine whether the file ends inside a line
 */
export function lineFormat(
  { stamps, format }: { readonly stamps: StampChoice; readonly format: "text" | "json" },
  clocks: Clocks,
  inLine: boolean,
): LineFormat {
  if (format === "json") return new JsonFormat(JSON_BEGINNINGS[stamps](clocks), inLine);
  return stamps === "no" ? UNCHANGED : new StampedFormat(TEXT_STAMPS[stamps](clocks), inLine);
}

const TEXT_STAMPS: Readonly<Record<Exclude<StampChoice, "no">, (clocks: Clocks) => Stamp>> = {
  iso: ({ now }) => remembered(now, (time) => `${isoTime(time)} `),
  elapsed: ({ elapsed }) => remembered(elapsed, (time) => `${seconds(time).padStart(ELAPSED_COLUMNS)} `),
};

const JSON_BEGINNINGS: Readonly<Record<StampChoice, (clocks: Clocks) => Stamp>> = {
  no: () => remembered(() => 0, () => '{"text":"'),
  iso: ({ now }) => remembered(now, (time) => `{"time":"${isoTime(time)}","text":"`),
  elapsed: ({ elapsed }) => remembered(elapsed, (time) => `{"elapsed":${seconds(time)},"text":"`),
};

function isoTime(time: number): string {
  return new Date(time).toISOString();
}

function seconds(time: number): string {
  return (time / 1000).toFixed(3);
}

/** Makes a stamp only when the time has changed by a millisecond. */
function remembered(clock: () => number, text: (time: number) => string): Stamp {
  let last = NaN;
  let stamp = new Uint8Array();
  return () => {
    const time = Math.floor(clock());
    if (time !== last) stamp = encodeBytes(text(time));
    last = time;
    return stamp;
  };
}
