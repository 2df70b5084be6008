/** Values of settings (service description 1.3): quotes, escapes, comments and white space. */

import { isSpace, skipSpace } from "./characters.ts";
import { Mistake } from "./mistake.ts";

const QUOTE = 0x22;
const HASH = 0x23;
const BACKSLASH = 0x5c;

/** A value without its quotes and escapes. As one text, it is the tokens joined by one space. */
export interface Value {
  readonly tokens: string[];
  /** Where each token begins in the logical line. */
  readonly starts: number[];
}

/** The value as one text. */
export function valueText(value: Value): string {
  const { tokens } = value;
  return tokens.length === 1 ? tokens[0] : tokens.join(" ");
}

/**
 * Reads the value in a part of a logical line.
 * @param hashInWords a `#` inside a word belongs to it, as in `FRI#2`
 * @throws {Mistake} No space separates a comment from the value, or a quote is not closed.
 */
export function readValue(text: string, from: number, end: number, hashInWords = false): Value {
  let value: Value | undefined;
  let quotedLines = 0;
  let at = skipSpace(text, from, end);
  while (at < end) {
    const start = at;
    let token = "";
    // Characters from `plain` to `at` belong to the token unchanged.
    let plain = at;
    while (at < end) {
      const code = text.charCodeAt(at);
      if (code === BACKSLASH) {
        token += text.slice(plain, at);
        plain = at + 1;
        at += 2;
      } else if (code === QUOTE) {
        token += text.slice(plain, at);
        const close = endOfQuote(text, at, end, quotedLines);
        const raw = text.slice(at + 1, close);
        quotedLines += countLines(raw);
        token += raw.includes("\\") ? raw.replaceAll(/\\([^])/g, "$1") : raw;
        at = close + 1;
        plain = at;
      } else if (code === HASH && !hashInWords) {
        throw new Mistake("hashmark (`#') comment must be separated from setting value by whitespace", {
          code: "hashmark",
          setting: "none",
          position: at,
          linesAbove: quotedLines,
        });
      } else if (isSpace(code)) {
        break;
      } else {
        at++;
      }
    }
    token += text.slice(plain, at);
    if (value === undefined) {
      value = { tokens: [token], starts: [start] };
    } else {
      value.tokens.push(token);
      value.starts.push(start);
    }
    at = skipSpaceAndComments(text, at, end);
  }
  return value ?? { tokens: [], starts: [] };
}

/** The position of the quote that closes the one at `open`. */
function endOfQuote(text: string, open: number, end: number, quotedLines: number): number {
  for (let at = open + 1; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at++;
  }
  throw new Mistake("unterminated quoted string", {
    code: "unterminated-quote",
    setting: "none",
    position: open,
    linesAbove: quotedLines,
  });
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

/** Skips white space and comments; each comment extends to the end of its physical line. */
function skipSpaceAndComments(text: string, at: number, end: number): number {
  at = skipSpace(text, at, end);
  while (at < end && text.charCodeAt(at) === HASH) {
    const feed = text.indexOf("\n", at);
    if (feed === -1 || feed >= end) return end;
    at = skipSpace(text, feed, end);
  }
  return at;
}
