/** The last lines of output of a service: from the buffer of the daemon, or from a log file and its archives. */

import { type Client, NoLogError, NotLoadedError } from "../client/library.ts";
import type { KnownService } from "../client/steps.ts";
import { decodeBytes, reasonText } from "../model/mod.ts";
import { tailOf } from "../rotation/mod.ts";

/** The log of one service. */
export interface ServiceLog {
  readonly service: string;
  /** The last lines, oldest first. */
  readonly lines: readonly string[];
  /** The log file. @default absent, the daemon keeps the lines in memory */
  readonly file?: string;
  /** Why there are no lines. @default absent, nothing is wrong */
  readonly problem?: string;
}

/** Longer lines are cut, in bytes: a page cannot show them. */
const LONGEST_LINE = 8192;
/** How many bytes of output to send for one service. */
const MOST_BYTES = 1024 * 1024;
const NEWLINE = 10;

/** The last lines of a service; `undefined` if it has no log. Rejects with `ControlError`. */
export async function readServiceLog(
  client: Client,
  { name, logFile }: KnownService,
  count: number,
): Promise<ServiceLog | undefined> {
  if (logFile === undefined) return await bufferOf(client, name, count);
  try {
    const pieces: Uint8Array[] = [];
    // Devices and pipes would not end.
    if (!(await Deno.stat(logFile)).isFile) throw new Error("it is no regular file");
    for await (const piece of (await tailOf(logFile, { lines: count })).pieces) {
      pieces.push(piece);
      trim(pieces);
    }
    return { service: name, file: logFile, lines: linesOf(pieces, count) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const reason = error.name === "Error" ? error.message : reasonText(error);
    return { service: name, file: logFile, lines: [], problem: `cannot read log file ${logFile}: ${reason}` };
  }
}

async function bufferOf(client: Client, name: string, count: number): Promise<ServiceLog | undefined> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const { bytes } of client.service(name).logs()) pieces.push(bytes);
  } catch (error) {
    if (error instanceof NoLogError || error instanceof NotLoadedError) {
      return undefined;
    }
    throw error;
  }
  return { service: name, lines: linesOf(pieces, count) };
}

/** Drops the oldest pieces beyond the limit. */
function trim(pieces: Uint8Array[]): void {
  let size = pieces.reduce((sum, { length }) => sum + length, 0);
  while (pieces.length > 1 && size - pieces[0].length >= MOST_BYTES) size -= pieces.shift()?.length ?? 0;
}

function linesOf(pieces: readonly Uint8Array[], count: number): string[] {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  const lines: string[] = [];
  for (
    let end = bytes.at(-1) === NEWLINE ? bytes.length - 1 : bytes.length, sum = 0;
    lines.length < count && end >= 0;
  ) {
    if (bytes.length === 0) break;
    const begin = end === 0 ? 0 : bytes.lastIndexOf(NEWLINE, end - 1) + 1;
    sum += end - begin;
    if (sum > MOST_BYTES) break;
    lines.unshift(decodeBytes(bytes.subarray(begin, Math.min(end, begin + LONGEST_LINE))));
    end = begin - 1;
  }
  return lines;
}
