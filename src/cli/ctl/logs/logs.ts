/** `logs`: shows and follows the logs of services. The reference has nothing like it. */

import type { ControlClient } from "../../../client/mod.ts";
import type { Handles } from "../../../client/event_steps.ts";
import { typed } from "../../../model/typed_module.ts";
import { ctlFailure, failureText, type ToolFailure } from "../../shared/failure.ts";
import { textStyle } from "../../shared/style.ts";
import type { CommandContext } from "../context.ts";
import { isPattern, nameSelector } from "../pattern.ts";
import { lineFilter } from "./line_filter.ts";
import { LinePrinter } from "./line_printer.ts";
import { type Candidate, FileSource, type LogSource } from "./log_source.ts";
import { showHistory } from "./history.ts";

/** How many lines of each service to show. */
const DEFAULT_LINES = 50;

/** The word that begins another file. A service of this name is selected by a pattern: `[r]otate`. */
const ROTATE = "rotate";

/** `dinitctl logs [-f] [-n N] [--since T] [--until T] [--grep RE] [PATTERN...]`, or `rotate [PATTERN...]` */
export async function logs(context: CommandContext): Promise<number> {
  const { words, options, io } = context;
  if (words[0] === ROTATE) {
    const { rotateLogs } = await typed(import("./rotate.ts"));
    return await rotateLogs(context, words.slice(1));
  }
  const filter = await lineFilter(options, io.now());
  const lines = options.lines ??
    (options.since === undefined && options.until === undefined ? DEFAULT_LINES : Infinity);
  const named = words.length !== 1 || isPattern(words[0]);
  const printer = new LinePrinter(io, {
    json: options.json,
    named,
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
    const loaded = (await client.list()).filter(({ name }) => isSelected(name));
    await checkNames(words, loaded);
    const { oldSources } = await typed(import("./old_daemon.ts"));
    const sources = await oldSources(client, words, loaded);
    await showHistory(sources, { lines, filter, printer });
    return 0;
  }
  let handles: Handles | undefined;
  const openHandles = async () =>
    handles ??= new (await typed(import("../../../client/event_steps.ts"))).Handles(client);
  let failed = false;
  const report = (failure: ToolFailure) => {
    failed = true;
    io.err(failureText(failure, io));
  };
  const wanted = { words, isSelected, pending: options.follow, report: named ? report : undefined };
  if (options.follow) {
    const { follow } = await typed(import("./follow.ts"));
    const sources = () => findSources(client, openHandles, wanted);
    return await follow({ handles: await openHandles(), sources, isSelected, lines, filter, printer, io });
  }
  const sources = await findSources(client, openHandles, wanted);
  try {
    await showHistory(sources, { lines, filter, printer });
  } finally {
    for (const source of sources) source[Symbol.dispose]();
  }
  return failed ? 1 : 0;
}

/** Which services the words select. */
function selection(words: readonly string[]): (name: string) => boolean {
  if (words.length === 0) return () => true;
  const names = new Set(words);
  const fits = nameSelector(words.filter(isPattern));
  return (name) => names.has(name) || fits(name);
}

/** What logs are asked for. `pending`: services that are loaded later may follow, so nothing must be there yet. */
export interface Wanted {
  readonly words: readonly string[];
  readonly isSelected: (name: string) => boolean;
  readonly pending: boolean;
  /** Takes the failure of one log, so that the others are shown. @default a failure ends the command */
  readonly report: ((failure: ToolFailure) => void) | undefined;
}

/** The logs of the selected services. Throws `ToolFailure` if a named service is not loaded, or has no log. */
export async function findSources(
  client: ControlClient,
  openHandles: () => Promise<Handles>,
  { words, isSelected, pending, report }: Wanted,
): Promise<LogSource[]> {
  const overview = await client.query("overview") as
    | { readonly services?: readonly Candidate[] }
    | undefined;
  const loaded: readonly Candidate[] = (overview?.services ?? await client.list()).filter(({ name }) =>
    isSelected(name)
  );
  if (!pending) await checkNames(words, loaded);
  const buffer = async (candidate: Candidate) => {
    const { sourceOf } = await typed(import("./buffer_source.ts"));
    return await sourceOf(candidate, await openHandles());
  };
  const found = await Promise.all(loaded.map(async (candidate) => {
    const { name, logFile } = candidate;
    const source = logFile === undefined ? await buffer(candidate) : new FileSource(name, logFile, report);
    if (source === undefined && words.includes(name)) throw noLog(name);
    return source;
  }));
  return found.filter((source) => source !== undefined);
}

async function checkNames(words: readonly string[], loaded: readonly Candidate[]): Promise<void> {
  const missing = words.find((word) => !isPattern(word) && !loaded.some(({ name }) => name === word));
  if (missing !== undefined) throw (await typed(import("../services.ts"))).notLoaded(missing);
  if (words.length > 0 && loaded.length === 0) {
    throw (await typed(import("../overview.ts"))).nothingFits(words);
  }
}

function noLog(name: string): ToolFailure {
  return ctlFailure(`service '${name}' keeps no log`)
    .about({ kind: "text", text: `its description needs 'logfile = PATH' or 'log-type = buffer'` });
}
