/** `trigger` and `untrigger` (cli 3.13). */

import { triggerService } from "../../client/steps.ts";
import { refusalText } from "../../model/refusals.ts";
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
    const refusal = await triggerService(client, handle, on);
    if (refusal !== undefined) throw ctlFailure(refusalText(name, refusal));
    return { result: on ? "triggered" : "untriggered", ok: true };
  });
}
