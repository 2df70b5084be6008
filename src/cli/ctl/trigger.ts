/** `trigger` and `untrigger` (cli 3.13). */

import type { ControlClient } from "../../client/mod.ts";
import { triggerService } from "../../client/steps.ts";
import { ServiceType } from "../../model/service_types.ts";
import { ServiceState } from "../../model/states.ts";
import type { ServiceOverview } from "../../model/status.ts";
import { refusalText } from "../../model/refusals.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure } from "../shared/failure.ts";
import { loadService } from "./services.ts";
import { forEachService } from "./several.ts";

/** `dinitctl trigger SERVICE...` */
export const trigger = (context: CommandContext): Promise<number> => setTrigger(context, true);
/** `dinitctl untrigger SERVICE...` */
export const untrigger = (context: CommandContext): Promise<number> => setTrigger(context, false);

/** Why a scheduled service was not triggered; `undefined`: it is another one. */
async function obstacle(client: ControlClient, handle: number, on: boolean): Promise<string | undefined> {
  const service = await client.query(`service ${handle}`) as Partial<ServiceOverview> | undefined; // the daemon's own
  if (service?.type !== ServiceType.SCHEDULED) return undefined;
  if (!on) return "a scheduled service has no trigger to take back; 'dinitctl stop' ends its run.";
  return service.state === ServiceState.STARTED
    ? "its last run has not ended ('schedule-overlap = skip')."
    : "a scheduled service runs only while it is started: start it first.";
}

async function setTrigger(context: CommandContext, on: boolean): Promise<number> {
  const client = await context.connect();
  return await forEachService(context, context.words, async (name) => {
    const { handle } = await loadService(client, name);
    const refusal = await triggerService(client, handle, on);
    if (refusal !== undefined) {
      throw ctlFailure(await obstacle(client, handle, on) ?? refusalText(name, refusal));
    }
    return { result: on ? "triggered" : "untriggered", ok: true };
  });
}
