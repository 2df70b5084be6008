/** `catlog` (cli 3.9), and following what a service writes. */

import { CATLOG_CLEAR, type ControlClient, type LogPart, Reply, Request } from "../../control/client.ts";
import { decodeBytes, encodeBytes } from "../../model/mod.ts";
import type { CommandContext } from "../context.ts";
import { ctlFailure, protocolFailure, type ToolFailure } from "../failure.ts";
import { loadService } from "./services.ts";

const NEWLINE = 0x0a;

/**
 * Milliseconds between two looks at a buffer that is followed: short enough to seem immediate, and long enough to be no
 * work for anybody.
 */
const FOLLOW_INTERVAL = 200;

/** `dinitctl catlog [--clear] [--follow] SERVICE` */
export async function catLog(context: CommandContext): Promise<number> {
  const client = await context.connect();
  const [name] = context.words;
  const { handle } = await loadService(client, name);
  if (context.options.follow) return await follow(context, client, handle);
  const log = await bufferedLog(client, name, handle, context.options.clear);
  context.record({ service: name, log: decodeBytes(log) });
  context.print(log);
  if (log.length > 0 && log.at(-1) !== NEWLINE) {
    context.print("\n(last line is truncated or incomplete)\n");
  }
  return 0;
}

/** What is buffered. Throws `ToolFailure` if there is no buffer. */
async function bufferedLog(
  client: ControlClient,
  name: string,
  handle: number,
  clear: boolean,
): Promise<Uint8Array> {
  const reply = await client.request({ type: Request.CATLOG, flags: clear ? CATLOG_CLEAR : 0, handle });
  if (reply.type === Reply.NAK) throw noBuffer(name);
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
 * Writes what is buffered and what comes after it until the connection ends or nobody reads any more. A buffer keeps the
 * first output only: a service that writes more than fits is followed with `--clear`, which makes room as it reads.
 */
async function follow({ options, io, words }: CommandContext, client: ControlClient, handle: number) {
  const [service] = words;
  const next = options.clear
    ? () => bufferedLog(client, service, handle, true)
    : await partReader(client, service, handle);
  const shown = (log: Uint8Array) => {
    if (!options.json) return log;
    return `${JSON.stringify({ command: "catlog", ok: true, service, log: decodeBytes(log) })}\n`;
  };
  for (;;) {
    const bytes = await next();
    if (bytes.length > 0 && io.out(shown(bytes)) === false) return 0;
    await new Promise((resolve) => setTimeout(resolve, FOLLOW_INTERVAL));
  }
}

/** Gives what is new in a buffer, each time it is called. Throws `ToolFailure` if there is no buffer. */
async function partReader(
  client: ControlClient,
  name: string,
  handle: number,
): Promise<() => Promise<Uint8Array>> {
  if (await client.extensions() === 0) {
    throw ctlFailure(
      "this daemon cannot show new output only; add --clear to empty the buffer while reading",
    );
  }
  let generation = 0;
  let end = 0;
  return async () => {
    const part = await client.query(`log ${handle} ${generation} ${end}`);
    if (part === undefined) throw noBuffer(name);
    if (!isLogPart(part)) throw protocolFailure();
    ({ generation, end } = part);
    return encodeBytes(part.text);
  };
}

/** Whether an answer of the daemon is a part of a log. */
export function isLogPart(answer: unknown): answer is LogPart {
  const part = answer as Partial<LogPart> | null;
  return typeof part?.text === "string" && typeof part.end === "number" &&
    typeof part.generation === "number";
}
