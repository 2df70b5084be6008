/** `trigger` and `untrigger` (cli 3.13). */

import { Reply, Request } from "../../client/mod.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure, protocolFailure } from "../shared/failure.ts";
import { loadService } from "./services.ts";
import { forEachService } from "./several.ts";

/** `dinitctl trigger SERVICE...` */
export const trigger = (context: CommandContext): Promise<number> => setTrigger(context, 1);
/** `dinitctl untrigger SERVICE...` */
export const untrigger = (context: CommandContext): Promise<number> => setTrigger(context, 0);

async function setTrigger(context: CommandContext, value: 0 | 1): Promise<number> {
  const client = await context.connect();
  return await forEachService(context, context.words, async (name) => {
    const { handle } = await loadService(client, name);
    const reply = await client.request({ type: Request.SETTRIGGER, handle, value });
    if (reply.type === Reply.NAK) {
      throw ctlFailure("cannot trigger a service that is not of 'triggered' type.");
    }
    if (reply.type !== Reply.ACK) throw protocolFailure();
    return { result: value === 1 ? "triggered" : "untriggered", ok: true };
  });
}
