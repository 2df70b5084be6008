/** `setenv` and `unsetenv` (cli 3.11). */

import { type ControlClient, Reply, Request, REQUEST_TEXT_LIMIT } from "../../control/client.ts";
import { encodeBytes } from "../../model/mod.ts";
import type { CommandContext } from "../context.ts";
import { ctlFailure, protocolFailure } from "../failure.ts";

/** `dinitctl setenv NAME[=VALUE]...`: without a value, the tool's own one. */
export async function setEnvironment({ connect, io, words }: CommandContext): Promise<number> {
  const client = await connect();
  for (const word of words) await send(client, word.includes("=") ? word : `${word}=${io.env(word) ?? ""}`);
  return 0;
}

/** `dinitctl unsetenv NAME...` */
export async function unsetEnvironment({ connect, words }: CommandContext): Promise<number> {
  const client = await connect();
  for (const word of words) {
    if (word.includes("=")) throw ctlFailure(`environment variable '${word}' must not contain the '=' sign.`);
    await send(client, word);
  }
  return 0;
}

async function send(client: ControlClient, entry: string): Promise<void> {
  if (encodeBytes(entry).length > REQUEST_TEXT_LIMIT) {
    throw ctlFailure(`environment variable '${entry.split("=", 1)[0]}' too long.`);
  }
  const reply = await client.request({ type: Request.SETENV, entry });
  if (reply.type === Reply.BADREQ) throw ctlFailure("failed to export environment.");
  if (reply.type !== Reply.ACK) throw protocolFailure();
}
