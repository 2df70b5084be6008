/** The last lines of a failed service: from the daemon's report, or else from its log file. */

import type { ServiceInfo } from "../../client/library.ts";
import { decodeBytes } from "../../model/bytes.ts";

/** How much of a log file is read, in bytes: enough for a few lines. */
const TAIL = 2400;
/** How many lines count. */
const LINES = 3;
/** A log file that was written this long before the failure is that of an earlier process, in milliseconds. */
const SLACK = 2000;

/**
 * The last lines. The daemon does not wait long for the keeper of logs, which may just have been started, so its report
 * can be empty although there are some.
 */
export function lastOutput({ failure, logFile, since }: ServiceInfo): readonly string[] {
  const output = failure?.output ?? [];
  if (output.length > 0 || logFile === undefined) return output;
  return tailOf(logFile, Number(since ?? 0) - SLACK).split("\n").filter((line) => line !== "").slice(-LINES);
}

/** The end of a file that was written after a moment; empty if it was not, or cannot be read. */
function tailOf(path: string, notBefore: number): string {
  try {
    const { isFile, size, mtime } = Deno.statSync(path);
    if (!isFile || Number(mtime ?? 0) < notBefore) return "";
    using file = Deno.openSync(path);
    file.seekSync(Math.max(0, size - TAIL), Deno.SeekMode.Start);
    const bytes = new Uint8Array(TAIL);
    return decodeBytes(bytes.subarray(0, file.readSync(bytes) ?? 0));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return ""; // there is none yet, or it belongs to somebody else
  }
}
