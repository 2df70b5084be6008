/** `unpin`, `unload` and `reload` (cli 3.8). */

import type { ControlClient } from "../../client/mod.ts";
import { reloadService, unloadService, unpinService } from "../../client/steps.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure } from "../shared/failure.ts";
import { findService, loadService, notLoaded } from "./services.ts";
import { forEachService, type Outcome } from "./several.ts";

/** `dinitctl unpin SERVICE...` */
export const unpin = (context: CommandContext): Promise<number> => change(context, unpinOne, "unpinned");
/** `dinitctl unload SERVICE...` */
export const unload = (context: CommandContext): Promise<number> => change(context, unloadOne, "unloaded");
/** `dinitctl reload SERVICE...`: a service that is not loaded is loaded. */
export const reload = (context: CommandContext): Promise<number> => change(context, reloadOne, "reloaded");

async function change(
  context: CommandContext,
  act: (client: ControlClient, name: string) => Promise<void>,
  result: Outcome["result"],
): Promise<number> {
  const client = await context.connect();
  return await forEachService(context, context.words, async (name) => {
    await act(client, name);
    context.say(`Service '${name}' ${result}.`);
    return { result, ok: true };
  });
}

async function unpinOne(client: ControlClient, name: string): Promise<void> {
  const { handle } = await loadService(client, name);
  await unpinService(client, handle);
}

async function unloadOne(client: ControlClient, name: string): Promise<void> {
  const service = await findService(client, name);
  if (service === undefined) throw notLoaded(name);
  if (await unloadService(client, service.handle) === undefined) return;
  throw ctlFailure("could not unload service; service not stopped, or is a dependency of another service.");
}

async function reloadOne(client: ControlClient, name: string): Promise<void> {
  const service = await findService(client, name);
  if (service === undefined) {
    await loadService(client, name);
    return;
  }
  if (await reloadService(client, service.handle) === undefined) return;
  throw ctlFailure(
    "could not reload service; service in wrong state, incompatible change, or bad service description.",
  );
}
