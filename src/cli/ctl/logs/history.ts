/** The lines that logs have so far. */

import type { LineFilter } from "./line_filter.ts";
import type { LinePrinter, LogLine } from "./line_printer.ts";
import { LineSplitter } from "./line_splitter.ts";
import type { LogSource } from "./log_source.ts";
import { timeOfLine } from "./times.ts";

/** What to show of each log, and how. */
export interface HistoryOptions {
  /** How many lines of each service; `Infinity`: all. */
  readonly lines: number;
  readonly filter: LineFilter;
  readonly printer: LinePrinter;
}

/**
 * Shows the last lines of logs. If all of them have times, the lines of all services are in order; otherwise one service
 * follows the other. All lines are streamed, since they may not fit into memory.
 */
export async function showHistory(sources: readonly LogSource[], options: HistoryOptions): Promise<boolean> {
  const { lines, printer } = options;
  for (const { service } of sources) printer.expect(service);
  if (lines === Infinity) {
    for (const source of sources) {
      for await (const line of selectedLines(source, options)) if (!printer.line(line)) return false;
    }
    return true;
  }
  const logs = await Promise.all(sources.map((source) => lastSelected(source, options)));
  const haveTimes = logs.every((log) => log.every(({ time }) => time !== undefined));
  for (const line of haveTimes ? merged(logs) : logs.flat()) if (!printer.line(line)) return false;
  return true;
}

/** The lines of all logs by time. The lines of one log stay in its order, whatever their times are. */
function* merged(logs: readonly (readonly LogLine[])[]): Iterable<LogLine> {
  const next = logs.map(() => 0);
  for (;;) {
    let first: number | undefined;
    for (const [log, at] of next.entries()) {
      if (at === logs[log].length) continue;
      if (first === undefined || timeOf(logs[log][at]) < timeOf(logs[first][next[first]])) first = log;
    }
    if (first === undefined) return;
    yield logs[first][next[first]++];
  }
}

function timeOf({ time = 0 }: LogLine): number {
  return time;
}

/** The last lines that the filter selects. */
async function lastSelected(source: LogSource, options: HistoryOptions): Promise<LogLine[]> {
  const last: LogLine[] = [];
  for await (const line of selectedLines(source, options)) {
    last.push(line);
    // Not with every line: removing the first ones copies the others.
    if (last.length >= 2 * options.lines + 100) last.splice(0, last.length - options.lines);
  }
  return options.lines === 0 ? [] : last.slice(-options.lines);
}

/** A line without a time has that of the line before it: it may be the rest of a message. */
async function* selectedLines(
  source: LogSource,
  { lines, filter }: HistoryOptions,
): AsyncIterable<LogLine> {
  const { service } = source;
  const splitter = new LineSplitter();
  let time: number | undefined;
  const select = function* (texts: Iterable<string>): Iterable<LogLine> {
    for (const text of texts) {
      time = timeOfLine(text) ?? time;
      if (filter.has(text, time)) yield { service, text, ...(time === undefined ? {} : { time }) };
    }
  };
  for await (const piece of source.history(filter.isOpen ? lines : Infinity, filter.since)) {
    yield* select(splitter.add(piece));
  }
  yield* select(splitter.end());
}
