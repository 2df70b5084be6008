/**
 * Numbers as the C library reads them (service description 8): white space, a sign, `0x` for hexadecimal, a leading
 * `0` for octal, and the longest run of digits behind it.
 */

import { endOfDigits } from "./characters.ts";
import { Mistake } from "./mistake.ts";
import type { LimitValue } from "../../model/mod.ts";

/** The number at the beginning of a text, as `strtoull` and `strtoll` find it. */
export interface NumberPrefix {
  readonly negative: boolean;
  /** Without the sign. All numbers of more than 64 bits become 2 to the power of 64. */
  readonly magnitude: bigint;
  /** Where the digits end. */
  readonly end: number;
}

const ANY_BASE = /[ \t\n\v\f\r]*([+-]?)(?:0[xX]([0-9a-fA-F]+)|0([0-7]*)|([1-9][0-9]*))/y;
const WORD = 1n << 64n;
/** A number of at most 64 bits has no more digits than this, in any base. */
const MOST_DIGITS = 22;

/** Reads the number that a text begins with at `at`; `undefined` if there is none. */
export function numberPrefix(text: string, at = 0): NumberPrefix | undefined {
  ANY_BASE.lastIndex = at;
  const match = ANY_BASE.exec(text);
  if (match === null) return undefined;
  const [all, sign, hex, octal, decimal] = match;
  const magnitude = hex !== undefined
    ? digitsValue("0x", hex)
    : octal !== undefined
    ? digitsValue("0o", octal)
    : digitsValue("", decimal);
  return { negative: sign === "-", magnitude, end: at + all.length };
}

/** The value of a run of digits. The length is limited first, because a run may be megabytes long. */
function digitsValue(base: string, digits: string): bigint {
  const significant = digits.replace(/^0+/, "");
  if (significant === "") return 0n;
  if (significant.length > MOST_DIGITS) return WORD;
  const value = BigInt(base + significant);
  return value < WORD ? value : WORD;
}

/** The value as `strtoull` returns it, where a minus sign wraps around; `undefined` if it exceeds 64 bits. */
export function unsignedValue(prefix: NumberPrefix): bigint | undefined {
  if (prefix.magnitude === WORD) return undefined;
  return prefix.negative ? BigInt.asUintN(64, -prefix.magnitude) : prefix.magnitude;
}

const BAD_NUMBER = "specified value contains invalid numeric characters or is outside allowed range.";

function badNumber(): Mistake {
  return new Mistake(BAD_NUMBER, { code: "bad-number", setting: "none" });
}

/** The highest value of unsigned settings without a narrower range. */
const MAX_COUNT = 2_147_483_647;

/** A whole text as an unsigned number from 0 to `max` (8.1). */
export function parseUnsigned(text: string, max: number = MAX_COUNT): number {
  const prefix = numberPrefix(text);
  if (prefix === undefined || prefix.end !== text.length) throw badNumber();
  const value = unsignedValue(prefix);
  if (value === undefined || value > BigInt(max)) throw badNumber();
  return Number(value);
}

/** A whole text as a signed number from `min` to `max` (8.1). */
export function parseSigned(text: string, min: number, max: number): number {
  const prefix = numberPrefix(text);
  if (prefix === undefined || prefix.end !== text.length) throw badNumber();
  const value = prefix.negative ? -prefix.magnitude : prefix.magnitude;
  if (value < BigInt(min) || value > BigInt(max)) throw badNumber();
  return Number(value);
}

/** Below this value, one more digit still fits the reference's 64-bit counter of nanoseconds (8.2). */
const TIME_BOUND = "922337203685477580";

/** Seconds with an optional fraction, as milliseconds (8.2). */
export function parseTime(text: string, setting: string): number {
  const whole = endOfDigits(text, 0);
  if (exceedsTime(text, whole)) {
    throw new Mistake(`too-large value for ${setting}`, { code: "too-large", setting: "none" });
  }
  if (whole === text.length) return Number(text) * 1000;
  const hasFraction = text[whole] === "." || text[whole] === ",";
  if (!hasFraction || endOfDigits(text, whole + 1) !== text.length) {
    throw new Mistake(`bad value for ${setting}`, { code: "bad-time", setting: "none" });
  }
  const nanoseconds = text.slice(whole + 1, whole + 10).padEnd(9, "0");
  return Number(text.slice(0, whole)) * 1000 + Number(nanoseconds) / 1e6;
}

/** Whether the digits up to `end`, without the last one, already reach the bound. */
function exceedsTime(text: string, end: number): boolean {
  if (end <= TIME_BOUND.length) return false;
  const head = text.slice(0, end - 1).replace(/^0+/, "");
  if (head.length !== TIME_BOUND.length) return head.length > TIME_BOUND.length;
  return head >= TIME_BOUND;
}

const OCTAL = /^[ \t\n\v\f\r]*([+-]?)([0-7]+)$/;

/**
 * File permissions in octal (8.3). Any 32-bit number is accepted; the bits that permissions do not have are dropped, as
 * the system does. As in the reference, this message exchanges the places of setting and text.
 */
export function parsePermissions(text: string, setting: string): number {
  const match = OCTAL.exec(text);
  const magnitude = match === null ? undefined : digitsValue("0o", match[2]);
  const value = match?.[1] === "-" && magnitude !== undefined ? -magnitude : magnitude;
  if (value === undefined || value < -2147483648n || value > 2147483647n) {
    throw new Mistake(setting, {
      code: "bad-number",
      setting: { name: "badly-formed or out-of-range numeric value" },
    });
  }
  return Number(value & 0o7777n);
}

/** Both halves of a resource limit (8.5). */
export function parseLimit(value: string, setting: string): { soft: LimitValue; hard: LimitValue } {
  // The C library's functions see the text up to the first NUL.
  const text = value.split("\0", 1)[0];
  if (text === "") throw badLimit(setting);
  let soft: LimitValue;
  let at = 0;
  if (text[0] !== ":") {
    [soft, at] = limitHalf(text, 0, setting);
    if (at === text.length) return { soft, hard: soft };
    if (text[at] !== ":") throw badLimit(setting);
  }
  if (at + 1 === text.length) return { soft, hard: undefined };
  const [hard, end] = limitHalf(text, at + 1, setting);
  if (hard === "unlimited" && end !== text.length) throw badLimit(setting);
  return { soft, hard };
}

function limitHalf(text: string, at: number, setting: string): [LimitValue, number] {
  if (text[at] === "-") return ["unlimited", at + 1];
  const prefix = numberPrefix(text, at);
  if (prefix === undefined) throw badLimit(setting);
  const value = unsignedValue(prefix);
  if (value === undefined) {
    throw new Mistake(`${setting}: too-large value.`, { code: "too-large", setting: "none" });
  }
  return [value, prefix.end];
}

function badLimit(setting: string): Mistake {
  return new Mistake(`${setting}: bad value.`, { code: "bad-limit", setting: "none" });
}
