/** The folder of built descriptions: what would change in it, and changing it. */

import { type FileText, WriteError, writeStaged } from "../../description/staged_files.ts";
import { buildFailure } from "./failure.ts";

/** A description that was built. */
export interface Output {
  /** The name of the service and of the file. */
  readonly name: string;
  /** The text, without its head. */
  readonly text: string;
  /** The absolute path of the file, or folder, that it was made from. */
  readonly from: string;
}

/** What a build would change. */
export interface Changes {
  /** The texts of missing and of different files. */
  readonly written: readonly FileText[];
  /** Files of earlier builds whose sources are gone. */
  readonly removed: readonly string[];
  /** Files that somebody else has written, and that stand where a description belongs. */
  readonly foreign: readonly string[];
}

/** The first line of each built description. */
const HEAD = "# Made by dinit build from ";
const HEAD_LINE = /^# Made by dinit build from (.+)$/;
/** A larger file is no description, in bytes. */
const LARGEST = 16 << 20;

/**
 * Finds out what a build changes.
 *
 * @param to the absolute folder of the descriptions, which need not exist
 * @param sources the absolute folder of the sources: only what was made from it can be out of date
 */
export function findChanges(outputs: readonly Output[], to: string, sources: string): Changes {
  const written: FileText[] = [];
  const foreign: string[] = [];
  for (const { name, text, from } of outputs) {
    const whole = `${HEAD}${relativePath(to, from)}\n# Change that, and not this file.\n${text}`;
    const found = textAt(`${to}/${name}`);
    if (found === whole) continue;
    written.push({ name, text: whole });
    if (found !== undefined && !isMadeFrom(found, to, sources)) foreign.push(name);
  }
  const names = new Set(outputs.map(({ name }) => name));
  const removed = namesIn(to).filter((name) => {
    if (names.has(name)) return false;
    const found = textAt(`${to}/${name}`);
    return found !== undefined && isMadeFrom(found, to, sources);
  });
  return { written, removed, foreign };
}

/** Writes and removes files. Throws `ToolFailure` if it cannot; then nothing was written. */
export function applyChanges({ written, removed }: Changes, to: string): void {
  try {
    if (written.length > 0) writeStaged(to, written, { force: true });
    for (const name of removed) Deno.removeSync(`${to}/${name}`);
  } catch (error) {
    if (error instanceof WriteError) throw buildFailure(error.message);
    if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) throw error;
    throw buildFailure(`cannot remove a description whose source is gone: ${error.message}`);
  }
}

/** Whether a text says that it was made from something in a folder. */
function isMadeFrom(text: string, to: string, sources: string): boolean {
  const [line] = text.split("\n", 1);
  const from = HEAD_LINE.exec(line)?.[1];
  if (from === undefined) return false;
  const path = new URL(from.split("/").map(encodeURIComponent).join("/"), `file://${encodedFolder(to)}`);
  const whole = decodeURIComponent(path.pathname);
  return whole === sources || whole.slice(0, whole.lastIndexOf("/")) === sources;
}

function encodedFolder(path: string): string {
  return `${path.split("/").map(encodeURIComponent).join("/")}/`;
}

/** A path as it is seen from a folder; both are absolute. */
export function relativePath(folder: string, path: string): string {
  const [from, to] = [folder, path].map((one) => one.split("/").slice(1));
  let common = 0;
  while (common < from.length && common < to.length - 1 && from[common] === to[common]) common++;
  return [...from.slice(common).map(() => ".."), ...to.slice(common)].join("/");
}

/** The text of a file; `undefined` if there is none. A folder or another thing is no text of ours. */
function textAt(path: string): string | undefined {
  try {
    const { isFile, size } = Deno.lstatSync(path);
    if (!isFile || size > LARGEST) return "";
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) throw error;
    return ""; // it cannot be read, so it is not ours
  }
}

/** The names of descriptions in a folder; none if it does not exist. */
function namesIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) => !name.startsWith("."))
      .sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) throw error;
    throw buildFailure(`cannot read the folder ${folder}: ${error.message}`);
  }
}
