/** `unpin`, `unload` and `reload` (cli 3.8). */

import { Reply, Request } from "../../control/client.ts";
import type { CommandContext } from "../context.ts";
import { ctlFailure, protocolFailure } from "../failure.ts";
import { findService, loadService } from "./services.ts";

/** `dinitctl unpin SERVICE` */
export async function unpin(context: CommandContext): Promise<number> {
  const [name] = context.words;
  const client = await context.connect();
  const { handle } = await loadService(client, name);
  const reply = await client.request({ type: Request.UNPINSERVICE, handle });
  if (reply.type !== Reply.ACK) throw protocolFailure();
  context.say(`Service '${name}' unpinned.`);
  return 0;
}

/** `dinitctl unload SERVICE` */
export async function unload(context: CommandContext): Promise<number> {
  const [name] = context.words;
  const client = await context.connect();
  const service = await findService(client, name);
  if (service === undefined) throw ctlFailure("service not loaded.");
  const reply = await client.request({ type: Request.UNLOADSERVICE, handle: service.handle });
  if (reply.type === Reply.NAK) {
    throw ctlFailure("could not unload service; service not stopped, or is a dependency of another service.");
  }
  if (reply.type !== Reply.ACK) throw protocolFailure();
  context.say(`Service '${name}' unloaded.`);
  return 0;
}

/** `dinitctl reload SERVICE`: a service that is not loaded is loaded. */
export async function reload(context: CommandContext): Promise<number> {
  const [name] = context.words;
  const client = await context.connect();
  const service = await findService(client, name);
  if (service === undefined) {
    await loadService(client, name);
  } else {
    const reply = await client.request({ type: Request.RELOADSERVICE, handle: service.handle });
    if (reply.type === Reply.NAK) {
      throw ctlFailure(
        "could not reload service; service in wrong state, incompatible change, or bad service description.",
      );
    }
    if (reply.type !== Reply.ACK) throw protocolFailure();
  }
  context.say(`Service '${name}' reloaded.`);
  return 0;
}
