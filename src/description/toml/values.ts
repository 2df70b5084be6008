/** The values of TOML 1.0 that settings can have: strings, numbers, booleans, arrays and inline tables. */

import type { TomlPlace, TomlText } from "./text.ts";

/** A value, and where it begins. */
export type TomlValue =
  & { readonly place: TomlPlace }
  & (
    | {
      readonly kind: "string";
      readonly text: string;
      /** Where the text behind the quote begins. */
      readonly inside: TomlPlace;
      /** Whether each character stands in the file as it is, so that columns can be counted. */
      readonly plain: boolean;
    }
    /** The number as it is written, without underscores. */
    | { readonly kind: "number"; readonly text: string }
    | { readonly kind: "boolean"; readonly yes: boolean }
    | { readonly kind: "array"; readonly items: readonly TomlValue[] }
    | { readonly kind: "table"; readonly table: TomlTable }
  );

/** A key with its value. */
export interface TomlEntry {
  readonly key: string;
  /** Where the key stands. */
  readonly place: TomlPlace;
  readonly value: TomlValue;
}

/** The entries of a table, in their order. */
export type TomlTable = Map<string, TomlEntry>;

/** Deeper values would overflow the stack. */
const MAX_DEPTH = 50;

const NUMBER =
  /[+-]?(?:0x[0-9A-Fa-f_]+|0o[0-7_]+|0b[01_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?)(?![\w.:-])/y;
const DATE = /\d{4}-\d\d-\d\d|\d\d:\d\d/y;
const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  e: "\x1b",
  '"': '"',
  "\\": "\\",
};

/** Reads a value. Throws `TomlError`. @param depth how many values are around it */
export function readTomlValue(text: TomlText, depth = 0): TomlValue {
  const place = text.place();
  const start = text.at;
  if (depth > MAX_DEPTH) text.fail(`at most ${MAX_DEPTH} lists can be inside each other`);
  if (text.next === '"' || text.next === "'") return { kind: "string", place, ...readString(text) };
  if (text.take("[")) return { kind: "array", place, items: readItems(text, depth) };
  if (text.take("{")) return { kind: "table", place, table: readInlineTable(text, depth) };
  const word = text.match(/(?:true|false)(?![\w.-])/y);
  if (word !== undefined) return { kind: "boolean", place, yes: word === "true" };
  const number = text.match(NUMBER);
  if (number !== undefined) return { kind: "number", place, text: numberText(number) };
  const rest = (text.match(/[^\n#,\]}]*/y) ?? "").trim();
  if (rest === "") text.fail('a value is missing: write one, such as "text", or remove the line', start);
  DATE.lastIndex = start;
  const what = DATE.test(text.text) ? "a time" : "text";
  return text.fail(`${what} needs quotes: write ${quoted(rest)}`, start);
}

/** Numbers that are not decimal are for TOML only: settings take decimal ones, and octal ones with a 0 in front. */
function numberText(number: string): string {
  const plain = number.replaceAll("_", "");
  if (/^[+-]?0o/.test(plain)) return plain.replace("0o", "0");
  return /^[+-]?0[xb]/.test(plain) ? String(Number(plain)) : plain;
}

/** A text as a TOML string. */
export function quoted(text: string): string {
  return !/["\\]/.test(text) ? `"${text}"` : !text.includes("'") ? `'${text}'` : JSON.stringify(text);
}

function readItems(text: TomlText, depth: number): TomlValue[] {
  const start = text.at - 1;
  const items: TomlValue[] = [];
  for (;;) {
    text.skipBlank();
    if (text.take("]")) return items;
    if (text.next === "") text.fail("a list is not closed: add ']'", start);
    items.push(readTomlValue(text, depth + 1));
    text.skipBlank();
    if (text.take(",") || text.next === "]" || text.next === "") continue;
    text.fail("a comma is missing between two values of a list: add ','");
  }
}

function readInlineTable(text: TomlText, depth: number): TomlTable {
  const start = text.at - 1;
  const table: TomlTable = new Map();
  for (;;) {
    text.skipBlank();
    if (text.take("}")) return table;
    if (text.next === "") text.fail("a table is not closed: add '}'", start);
    const place = text.place();
    const at = text.at;
    const key = readKey(text);
    text.skipSpace();
    if (!text.take("=")) text.fail(`'=' is missing behind '${key}': write ${key} = "value"`);
    text.skipSpace();
    if (table.has(key)) text.fail(`'${key}' is there twice: remove one of the two`, at);
    table.set(key, { key, place, value: readTomlValue(text, depth + 1) });
    text.skipBlank();
    if (text.take(",") || text.next === "}" || text.next === "") continue;
    text.fail("a comma is missing between two entries of a table: add ','");
  }
}

/** Reads one part of a key. Throws `TomlError`. */
export function readKey(text: TomlText): string {
  const start = text.at;
  if (text.next === '"' || text.next === "'") return readString(text).text;
  const word = text.match(/[^\s=.\]},#"']*/y) ?? "";
  if (/^[\w-]+$/.test(word)) return word;
  const message = word === ""
    ? "a name is missing: write NAME = VALUE, or [service.NAME]"
    : `the name '${word}' needs quotes: write ${quoted(word)}`;
  return text.fail(message, start);
}

function readString(text: TomlText): { text: string; inside: TomlPlace; plain: boolean } {
  const start = text.at;
  const quote = text.next;
  const long = text.take(quote.repeat(3));
  if (!long) text.at += 1;
  if (long) text.match(/\r?\n/y);
  const inside = text.place();
  let content = "";
  let plain = true;
  for (;;) {
    const end = long ? text.match(new RegExp(`${quote}{3,5}`, "y")) : text.match(new RegExp(quote, "y"));
    if (end !== undefined) return { text: content + (long ? end.slice(3) : ""), inside, plain };
    if (text.next === "" || (!long && text.next === "\n")) {
      text.fail(`a string is not closed: add ${long ? quote.repeat(3) : quote} at its end`, start);
    }
    if (quote === '"' && text.next === "\\") {
      content += readEscape(text, long);
      plain = false;
    } else {
      const code = text.text.codePointAt(text.at)!; // not at the end, see above
      const character = String.fromCodePoint(code);
      if (isControl(code) && !(character === "\n" || character === "\r" && long)) {
        text.fail("a string has a control character: write \\t for a tab, or \\u and its four digits");
      }
      if (character === "\n") plain = false;
      text.at += character.length;
      if (character !== "\r" || text.next !== "\n") content += character;
    }
  }
}

function isControl(code: number): boolean {
  return (code < 0x20 && code !== 9) || code === 0x7f;
}

function readEscape(text: TomlText, long: boolean): string {
  const start = text.at;
  text.at += 1;
  if (long && text.match(/[ \t]*\r?\n[ \t\r\n]*/y) !== undefined) return "";
  const digits = text.match(/u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}/y);
  if (digits !== undefined) {
    const code = parseInt(digits.slice(1), 16);
    if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
      text.fail(`there is no character '\\${digits}': write another number`, start);
    }
    return String.fromCodePoint(code);
  }
  const meaning = ESCAPES[text.next];
  if (meaning === undefined) {
    text.fail(
      `'\\${text.next}' means nothing: write '\\\\' for a backslash, or put the text into '…'`,
      start,
    );
  }
  text.at += 1;
  return meaning;
}
