/** Files of variables as `.env` has them: `NAME=VALUE`, `export`, quotes and comments. Never throws. */

import type { Directive, InputFile } from "../shared/account.ts";
import { isWritableVariable } from "./result.ts";

/** One assignment. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
  readonly directive: Directive;
}

/** Reads a text, and adds its lines to the account of its file. What can be written has no class yet. */
export function parseDotenv(text: string, input: InputFile): Assignment[] {
  const assignments: Assignment[] = [];
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const match = /^(?:export\s+)?([A-Za-z_][\w.-]*)\s*=(.*)$/.exec(line.trim());
    if (match === null) {
      input.add(line.trim(), "", index + 1).none("it is no assignment NAME=VALUE");
      continue;
    }
    const [, name] = match;
    const raw = match[2].trim();
    const directive = input.add(name, raw, index + 1);
    const value = unquoted(raw);
    if (value === undefined) directive.decision("the quotes are not closed in this line");
    else if (!isWritableVariable(name, value)) {
      directive.decision("a file of variables here has one line for each");
    } else assignments.push({ name, value, directive });
  }
  return assignments;
}

/** The value without quotes or comment; `undefined` if a quote is not closed. */
function unquoted(raw: string): string | undefined {
  const quote = raw[0];
  if (quote !== '"' && quote !== "'") {
    const comment = raw.search(/\s#/);
    return comment === -1 ? raw : raw.slice(0, comment).trimEnd();
  }
  const match = quote === "'" ? /^'([^']*)'\s*(#.*)?$/.exec(raw) : /^"((?:[^"\\]|\\.)*)"\s*(#.*)?$/.exec(raw);
  if (match === null) return undefined;
  return quote === "'"
    ? match[1]
    : match[1].replaceAll(/\\(.)/g, (_, one: string) => one === "n" ? "\n" : one);
}
