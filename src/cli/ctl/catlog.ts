/** `catlog` (cli 3.9), and following the output of a service. */

import { CATLOG_CLEAR, type ControlClient, Reply, Request } from "../../client/mod.ts";
import { LogReader } from "../../client/steps.ts";
import { decodeBytes } from "../../model/bytes.ts";
import type { ServiceOverview } from "../../model/status.ts";
import { typed } from "../../model/typed_module.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure, protocolFailure, type ToolFailure } from "../shared/failure.ts";
import { loadService } from "./services.ts";

const NEWLINE = 0x0a;

/**
 * The pause between two reads of a followed log, in milliseconds. After new output it is short, so that a busy service
 * overwrites little unread output; without new output it doubles, up to a length at which reading costs nothing
 * noticeable.
 */
const SHORTEST_PAUSE = 20;
const LONGEST_PAUSE = 200;

/** `dinitctl catlog [--clear] [--follow] SERVICE` */
export async function catLog(context: CommandContext): Promise<number> {
  const client = await context.connect();
  const [name] = context.words;
  const { handle } = await loadService(client, name);
  if (context.options.follow) return await follow(context, client, handle);
  const log = await bufferedLog(client, handle, context.options.clear);
  if (log === undefined) return await showFile(context, await logFileOf(context, client, handle));
  context.record({ service: name, log: decodeBytes(log) });
  context.print(log);
  if (log.length > 0 && log.at(-1) !== NEWLINE) {
    context.print("\n(last line is truncated or incomplete)\n");
  }
  return 0;
}

/** The buffered output; `undefined` if the service has no buffer. */
export async function bufferedLog(
  client: ControlClient,
  handle: number,
  clear: boolean,
): Promise<Uint8Array | undefined> {
  const reply = await client.request({ type: Request.CATLOG, flags: clear ? CATLOG_CLEAR : 0, handle });
  if (reply.type === Reply.NAK) return undefined;
  if (reply.type !== Reply.SERVICE_LOG) throw protocolFailure();
  return reply.log;
}

function noBuffer(name: string): ToolFailure {
  const text = `service '${name}' has no buffer: its description needs 'log-type = buffer'`;
  return ctlFailure("cannot cat log for service not configured to buffer output.").about({
    kind: "text",
    text,
  });
}

/**
 * The path of the log file of a service without a buffer. Throws `ToolFailure` if it has none, or if the log should be
 * cleared.
 */
async function logFileOf(
  { options, words }: CommandContext,
  client: ControlClient,
  handle: number,
): Promise<string> {
  const overview = await client.query(`service ${handle}`) as Partial<ServiceOverview> | undefined;
  const path = overview?.logFile;
  if (typeof path !== "string") throw noBuffer(words[0]);
  if (options.clear) {
    throw ctlFailure(`cannot clear the log of service '${words[0]}': it is a file, ${path}`);
  }
  return path;
}

/** Writes the whole file. */
async function showFile(context: CommandContext, path: string): Promise<number> {
  const { LogFileReader } = await typed(import("./log_file_reader.ts"));
  using file = new LogFileReader(path);
  const pieces: string[] = [];
  for (let piece = file.next(); piece.length > 0; piece = file.next()) {
    if (context.options.json) pieces.push(decodeBytes(piece));
    else if (context.io.out(piece) === false) return 0;
  }
  context.record({ service: context.words[0], log: pieces.join("") });
  return 0;
}

/** A log that is read in pieces. */
interface LogSource {
  /** The new output since the last piece; `undefined` if the service has no buffer. */
  next(): Promise<Uint8Array | undefined> | Uint8Array;
  /** How many bytes of output before the last piece are lost. */
  readonly missing: number;
}

/** Writes the log and later output until the connection ends or the reader of the output is gone. */
async function follow(context: CommandContext, client: ControlClient, handle: number): Promise<number> {
  const { io, options, words: [service] } = context;
  let source: LogSource = options.clear
    ? { next: () => bufferedLog(client, handle, true), missing: 0 }
    : await bufferSource(client, handle);
  for (let pause = SHORTEST_PAUSE;; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    const bytes = await source.next();
    if (bytes === undefined) {
      const path = await logFileOf(context, client, handle);
      const { LogFileReader } = await typed(import("./log_file_reader.ts"));
      source = new LogFileReader(path);
      continue;
    }
    const { missing } = source;
    if (missing > 0) io.err(`dinitctl: ${missing} bytes of output were lost before they could be shown\n`);
    if (bytes.length > 0) {
      if (io.out(shown(bytes, missing)) === false) return 0;
      pause = SHORTEST_PAUSE / 2;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }

  function shown(bytes: Uint8Array, missing: number): Uint8Array | string {
    if (!options.json) return bytes;
    const lost = missing === 0 ? {} : { lost: missing };
    return `${JSON.stringify({ command: "catlog", ok: true, service, log: decodeBytes(bytes), ...lost })}\n`;
  }
}

/** The new output of a buffer. Throws `ToolFailure` if the daemon cannot send parts of a buffer. */
async function bufferSource(client: ControlClient, handle: number): Promise<LogSource> {
  if (await client.extensions() === 0) {
    throw ctlFailure(
      "this daemon cannot show new output only; add --clear to empty the buffer while reading",
    );
  }
  const reader = new LogReader(client);
  const source = {
    missing: 0,
    next: async () => {
      const piece = await reader.next(handle);
      source.missing = piece?.lost ?? 0;
      return piece?.bytes;
    },
  };
  return source;
}
