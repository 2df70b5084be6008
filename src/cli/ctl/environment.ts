/** `setenv` and `unsetenv` (cli 3.11). */

import { type ControlClient, Reply, Request, REQUEST_TEXT_LIMIT } from "../../client/mod.ts";
import { encodeBytes } from "../../model/mod.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure, protocolFailure } from "../shared/failure.ts";
import { printable } from "../shared/text_width.ts";

/** `dinitctl setenv NAME[=VALUE]...`: without a value, uses the value in the tool's own environment. */
export async function setEnvironment(context: CommandContext): Promise<number> {
  return await change(context, (word) => word.includes("=") ? word : `${word}=${context.io.env(word) ?? ""}`);
}

/** `dinitctl unsetenv NAME...` */
export async function unsetEnvironment(context: CommandContext): Promise<number> {
  return await change(context, (word) => {
    if (word.includes("=")) throw ctlFailure(`environment variable '${word}' must not contain the '=' sign.`);
    return word;
  });
}

/** Sends the entries of the words, up to the first wrong one. */
async function change(context: CommandContext, entryOf: (word: string) => string): Promise<number> {
  const client = await context.connect();
  const variables: string[] = [];
  context.record({ variables });
  for (const word of context.words) {
    await send(client, entryOf(word));
    variables.push(word.split("=", 1)[0]);
  }
  return 0;
}

async function send(client: ControlClient, entry: string): Promise<void> {
  if (encodeBytes(entry).length > REQUEST_TEXT_LIMIT) {
    throw ctlFailure(`environment variable '${entry.split("=", 1)[0]}' too long.`);
  }
  const reply = await client.request({ type: Request.SETENV, entry });
  if (reply.type === Reply.BADREQ) {
    throw ctlFailure("failed to export environment.").about({
      kind: "text",
      text: `'${printable(entry)}' sets no variable: it must be NAME=VALUE`,
    });
  }
  if (reply.type !== Reply.ACK) throw protocolFailure();
}
