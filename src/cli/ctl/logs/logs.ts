/** `logs`: shows and follows the logs of services. The reference has nothing like it. */

import type { ControlClient } from "../../../client/mod.ts";
import { Handles } from "../../../client/event_steps.ts";
import { typed } from "../../../model/mod.ts";
import { ctlFailure, type ToolFailure } from "../../shared/failure.ts";
import { textStyle } from "../../shared/style.ts";
import { bufferedLog } from "../catlog.ts";
import type { CommandContext } from "../context.ts";
import { nothingFits } from "../overview.ts";
import { isPattern, selector } from "../selection.ts";
import { findService, notLoaded } from "../services.ts";
import { LineFilter } from "./line_filter.ts";
import { LinePrinter } from "./line_printer.ts";
import { type Candidate, lastLines, type LogSource, sourceOf } from "./log_source.ts";
import { showHistory } from "./history.ts";

/** How many lines of each service to show. */
const DEFAULT_LINES = 50;

/** `dinitctl logs [-f] [-n N] [--since T] [--until T] [--grep RE] [PATTERN...]` */
export async function logs(context: CommandContext): Promise<number> {
  const { words, options, io } = context;
  const filter = new LineFilter(options, io.now());
  const lines = options.lines ??
    (options.since === undefined && options.until === undefined ? DEFAULT_LINES : Infinity);
  const printer = new LinePrinter(io, {
    json: options.json,
    named: words.length !== 1 || isPattern(words[0]),
    style: textStyle(io, options.color),
  });
  const client = await context.connect();
  const isSelected = selection(words);
  if (await client.extensions() === 0) {
    if (options.follow) {
      throw ctlFailure(
        "this daemon cannot tell what is new; without --follow, logs shows the logs that it has",
      );
    }
    const sources = await oldSources(client, words, isSelected);
    await showHistory(sources, { lines, filter, printer });
    return 0;
  }
  const handles = new Handles(client);
  if (options.follow) {
    const { follow } = await typed(import("./follow.ts"));
    const sources = () => findSources(handles, { words, isSelected, pending: true });
    return await follow({ handles, sources, isSelected, lines, filter, printer, io });
  }
  const sources = await findSources(handles, { words, isSelected, pending: false });
  try {
    await showHistory(sources, { lines, filter, printer });
  } finally {
    for (const source of sources) source[Symbol.dispose]();
  }
  return 0;
}

/** Which services the words select. */
function selection(words: readonly string[]): (name: string) => boolean {
  if (words.length === 0) return () => true;
  const names = new Set(words);
  const patterns = words.filter(isPattern);
  const fits = patterns.length === 0
    ? () => false
    : selector({ patterns, states: [] }) as (candidate: { readonly name: string }) => boolean;
  return (name) => names.has(name) || fits({ name });
}

/** What is asked for. `pending`: services that are loaded later may follow, so nothing must be there yet. */
interface Wanted {
  readonly words: readonly string[];
  readonly isSelected: (name: string) => boolean;
  readonly pending: boolean;
}

/** The logs of the selected services. Throws `ToolFailure` if a named service is not loaded, or has no log. */
async function findSources(handles: Handles, { words, isSelected, pending }: Wanted): Promise<LogSource[]> {
  const overview = await handles.client.query("overview") as
    | { readonly services?: readonly Candidate[] }
    | undefined;
  const loaded = (overview?.services ?? await handles.client.list()).filter(({ name }) => isSelected(name));
  if (!pending) checkNames(words, loaded);
  const found = await Promise.all(loaded.map(async (candidate) => {
    const source = await sourceOf(candidate, handles);
    if (source === undefined && words.includes(candidate.name)) throw noLog(candidate.name);
    return source;
  }));
  return found.filter((source) => source !== undefined);
}

function checkNames(words: readonly string[], loaded: readonly Candidate[]): void {
  const missing = words.find((word) => !isPattern(word) && !loaded.some(({ name }) => name === word));
  if (missing !== undefined) throw notLoaded(missing);
  if (words.length > 0 && loaded.length === 0) throw nothingFits(words);
}

function noLog(name: string): ToolFailure {
  return ctlFailure(`service '${name}' keeps no log`)
    .about({ kind: "text", text: `its description needs 'logfile = PATH' or 'log-type = buffer'` });
}

/** The buffers of a daemon without extensions, which does not tell where log files are. */
async function oldSources(
  client: ControlClient,
  words: readonly string[],
  isSelected: (name: string) => boolean,
): Promise<LogSource[]> {
  const loaded = (await client.list()).filter(({ name }) => isSelected(name));
  checkNames(words, loaded);
  const sources: LogSource[] = [];
  for (const { name } of loaded) {
    const record = await findService(client, name);
    const log = record && await bufferedLog(client, record.handle, false);
    if (log !== undefined) sources.push(new ReadSource(name, log));
    else if (words.includes(name)) {
      throw ctlFailure(
        `service '${name}' has no buffer, and this daemon does not tell where its log file is`,
      );
    }
  }
  if (sources.length === 0) {
    throw ctlFailure("no service has a log buffer, and this daemon does not tell where log files are");
  }
  return sources;
}

/** A buffer that was read as a whole. */
class ReadSource implements LogSource {
  readonly service: string;
  readonly place = "its buffer";
  readonly #bytes: Uint8Array;

  constructor(service: string, bytes: Uint8Array) {
    this.service = service;
    this.#bytes = bytes;
  }

  async *history(lines: number): AsyncIterable<Uint8Array> {
    yield lastLines(this.#bytes, lines);
  }

  next(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  [Symbol.dispose](): void {}
}
