/** Reads the tables of a TOML text, with the place of each key. */

import { TomlText } from "./text.ts";
import { quoted, readKey, readTomlValue, type TomlEntry, type TomlTable } from "./values.ts";

/** Reads a whole text. Throws `TomlError` at the first mistake. */
export function parseToml(source: string): TomlTable {
  const text = new TomlText(source);
  const root: TomlTable = new Map();
  const headers = new Map<TomlTable, number>();
  let table = root;
  for (;;) {
    text.skipBlank();
    if (text.next === "") return root;
    table = text.next === "[" ? readHeader(text, root, headers) : readEntry(text, table);
    text.skipSpace();
    if (text.next !== "" && text.match(/#[^\n]*|\r?(?=\n)/y) === undefined) {
      text.fail("something stands behind the end of the value: remove it, or put it on its own line");
    }
  }
}

/** Reads `[a.b]`, and returns its table. */
function readHeader(text: TomlText, root: TomlTable, headers: Map<TomlTable, number>): TomlTable {
  const start = text.at;
  text.at += 1;
  if (text.next === "[") {
    text.fail("double brackets make a list: write [service.NAME], with the name of the service", start);
  }
  const path = readPath(text);
  if (!text.take("]")) text.fail("']' is missing at the end of the name of a table: add it");
  let table = root;
  for (const key of path) table = innerTable(text, table, key, start);
  const before = headers.get(table);
  if (before !== undefined) {
    text.fail(`[${path.join(".")}] is there twice, first in line ${before}: use another name`, start);
  }
  headers.set(table, text.place(start).line);
  return table;
}

/** Reads `NAME = VALUE` into a table, and returns the table. */
function readEntry(text: TomlText, table: TomlTable): TomlTable {
  const start = text.at;
  const place = text.place();
  const path = readPath(text);
  const key = path[path.length - 1];
  if (!text.take("=")) text.fail(`'=' is missing behind '${key}': write ${key} = "value"`);
  text.skipSpace();
  let inner = table;
  for (const part of path.slice(0, -1)) inner = innerTable(text, inner, part, start);
  const known = inner.get(key);
  if (known !== undefined) {
    const { line } = known.place;
    text.fail(
      `'${key}' is there twice, first in line ${line}: write a list there, ${key} = ["one", "two"], or remove one`,
      start,
    );
  }
  inner.set(key, { key, place, value: readTomlValue(text) });
  return table;
}

/** Reads keys with dots between them. White space behind them is skipped. */
function readPath(text: TomlText): string[] {
  const path: string[] = [];
  do {
    text.skipSpace();
    path.push(readKey(text));
    text.skipSpace();
  } while (text.take("."));
  return path;
}

function innerTable(text: TomlText, table: TomlTable, key: string, start: number): TomlTable {
  const known = table.get(key);
  if (known !== undefined) {
    if (known.value.kind === "table") return known.value.table;
    return text.fail(`'${key}' has a value since line ${known.place.line} and cannot be a table`, start);
  }
  const place = text.place(start);
  const inner: TomlTable = new Map();
  const entry: TomlEntry = { key, place, value: { kind: "table", place, table: inner } };
  table.set(key, entry);
  return inner;
}

/** A key as a TOML text writes it. */
export function keyText(key: string): string {
  return /^[\w-]+$/.test(key) ? key : quoted(key);
}
