/** The last lines of a failed service: from the daemon's report, or else from its log file. */

import type { ServiceInfo } from "../../client/library.ts";
import { decodeBytes } from "../../model/bytes.ts";

/** How much of a log file is read, in bytes: enough for a few lines, and for the trace of an error. */
const TAIL = 8192;
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

/** The last line of what Node writes about an error that nobody has caught. */
const END_OF_NODE = /^Node\.js v\d/;
/** The line of such an error that names it. */
const ERROR_OF_NODE = /^(?:Uncaught\s+)?(?:\w+ \[)?\w*Error\b/;

/**
 * The lines that say why a service has failed. Node writes its version below an error and its trace: the last lines
 * alone would not say much, so they begin with the error, if the log file has it.
 */
export function tellingOutput(service: ServiceInfo): readonly string[] {
  const last = lastOutput(service);
  const { logFile, since } = service;
  if (logFile === undefined || !END_OF_NODE.test(last.at(-1) ?? "")) return last;
  const lines = tailOf(logFile, Number(since ?? 0) - SLACK).trimEnd().split("\n");
  const start = lines.findLastIndex((line) => ERROR_OF_NODE.test(line));
  return start === -1 || !END_OF_NODE.test(lines.at(-1) ?? "") ? last : lines.slice(start);
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
