/** `trigger` and `untrigger` (cli 3.13). */

import { triggerService } from "../../client/steps.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure } from "../shared/failure.ts";
import { loadService } from "./services.ts";
import { forEachService } from "./several.ts";

/** `dinitctl trigger SERVICE...` */
export const trigger = (context: CommandContext): Promise<number> => setTrigger(context, true);
/** `dinitctl untrigger SERVICE...` */
export const untrigger = (context: CommandContext): Promise<number> => setTrigger(context, false);

async function setTrigger(context: CommandContext, on: boolean): Promise<number> {
  const client = await context.connect();
  return await forEachService(context, context.words, async (name) => {
    const { handle } = await loadService(client, name);
    if (await triggerService(client, handle, on) !== undefined) {
      throw ctlFailure("cannot trigger a service that is not of 'triggered' type.");
    }
    return { result: on ? "triggered" : "untriggered", ok: true };
  });
}
