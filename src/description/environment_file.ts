/** Environment files (service description 5.1): assignments and the commands `!clear`, `!unset` and `!import`. */

import { decodeBytes, type EnvironmentOverlay } from "../model/mod.ts";
import { isSpace, skipSpace, skipWord } from "./text/characters.ts";
import { OverlayBuilder } from "./overlay.ts";

/** The changes that an environment file makes, and its faulty lines. */
export interface ParsedEnvironmentFile {
  /** What the file changes. */
  readonly overlay: EnvironmentOverlay;
  /** The lines that were ignored, in their order. */
  readonly problems: readonly EnvironmentFileProblem[];
}

/** A line that was ignored. */
export interface EnvironmentFileProblem {
  /** From 1. */
  readonly line: number;
  /** `setting`: not of the form `NAME=VALUE`; `command`: an unknown word behind `!`. */
  readonly kind: "setting" | "command";
}

/** Reads an environment file. Never fails: it reports and ignores lines that it does not understand. */
export function parseEnvironmentFile(bytes: Uint8Array): ParsedEnvironmentFile {
  return parseEnvironmentText(decodeBytes(bytes));
}

/** Reads the text of an environment file. */
export function parseEnvironmentText(text: string): ParsedEnvironmentFile {
  const overlay = new OverlayBuilder();
  const problems: EnvironmentFileProblem[] = [];
  let line = 0;
  for (let start = 0; start < text.length;) {
    const feed = text.indexOf("\n", start);
    const end = feed === -1 ? text.length : feed;
    line += 1;
    const problem = applyLine(overlay, text, skipSpace(text, start, end), end);
    if (problem !== undefined) problems.push({ line, kind: problem });
    start = end + 1;
  }
  return { overlay, problems };
}

function applyLine(
  overlay: OverlayBuilder,
  text: string,
  start: number,
  end: number,
): EnvironmentFileProblem["kind"] | undefined {
  if (start === end || text[start] === "#") return undefined;
  if (text[start] === "!") return applyCommand(overlay, text, start + 1, end) ? undefined : "command";
  let nameEnd = start;
  while (nameEnd < end && text[nameEnd] !== "=" && !isSpace(text.charCodeAt(nameEnd))) nameEnd++;
  const equals = skipSpace(text, nameEnd, end);
  if (nameEnd === start || equals === end || text[equals] !== "=") return "setting";
  overlay.assign(text.slice(start, nameEnd), text.slice(equals + 1, end));
  return undefined;
}

/** Executes the command whose word begins at `start`; false if there is no such command. */
function applyCommand(overlay: OverlayBuilder, text: string, start: number, end: number): boolean {
  let at = skipWord(text, start, end);
  const word = text.slice(start, at);
  if (word === "clear") {
    overlay.clearAll();
    return true;
  }
  if (word !== "unset" && word !== "import") return false;
  for (at = skipSpace(text, at, end); at < end;) {
    const nameEnd = skipWord(text, at, end);
    const name = text.slice(at, nameEnd);
    if (word === "unset") overlay.remove(name);
    else overlay.take(name);
    at = skipSpace(text, nameEnd, end);
  }
  return true;
}
