/** `trigger`, `untrigger` and `catlog` (cli 3.9, 3.13). */

import { CATLOG_CLEAR, Reply, Request } from "../../control/client.ts";
import type { CommandContext } from "../context.ts";
import { ctlFailure, protocolFailure } from "../failure.ts";
import { loadService } from "./services.ts";

/** `dinitctl trigger SERVICE` */
export const trigger = (context: CommandContext): Promise<number> => setTrigger(context, 1);
/** `dinitctl untrigger SERVICE` */
export const untrigger = (context: CommandContext): Promise<number> => setTrigger(context, 0);

async function setTrigger(context: CommandContext, value: 0 | 1): Promise<number> {
  const client = await context.connect();
  const { handle } = await loadService(client, context.words[0]);
  const reply = await client.request({ type: Request.SETTRIGGER, handle, value });
  if (reply.type === Reply.NAK) {
    throw ctlFailure("cannot trigger a service that is not of 'triggered' type.");
  }
  if (reply.type !== Reply.ACK) throw protocolFailure();
  return 0;
}

const NEWLINE = 0x0a;

/** `dinitctl catlog [--clear] SERVICE` */
export async function catLog(context: CommandContext): Promise<number> {
  const client = await context.connect();
  const { handle } = await loadService(client, context.words[0]);
  const flags = context.options.clear ? CATLOG_CLEAR : 0;
  const reply = await client.request({ type: Request.CATLOG, flags, handle });
  if (reply.type === Reply.NAK) {
    throw ctlFailure("cannot cat log for service not configured to buffer output.");
  }
  if (reply.type !== Reply.SERVICE_LOG) throw protocolFailure();
  const { log } = reply;
  context.io.out(log);
  if (log.length > 0 && log.at(-1) !== NEWLINE) {
    context.io.out("\n(last line is truncated or incomplete)\n");
  }
  return 0;
}
