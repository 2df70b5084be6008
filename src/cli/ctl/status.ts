/** `status`: chooses its form (cli 3.5). Each form is loaded when it is needed. */

import type { CommandContext } from "./context.ts";
import { typed } from "../../model/typed_module.ts";

/** `dinitctl status [--long] [--state STATE] [SERVICE|PATTERN...]` */
export async function status(context: CommandContext): Promise<number> {
  const { io, options, words } = context;
  if (!options.long && (words.length === 0 || options.states.length > 0)) return await overview(context);
  const isLong = words.length > 1 || options.long || options.json || options.figures;
  if (isLong || io.terminal() !== undefined) {
    const { longStatus } = await typed(import("./long_status.ts"));
    return await longStatus(context);
  }
  const { shortStatus } = await typed(import("./short_status.ts"));
  return await shortStatus(context);
}

/** Asks the daemon before loading the code that shows the answer, so that both happen at the same time. */
async function overview(context: CommandContext): Promise<number> {
  const client = await context.open();
  const answers = Promise.all([context.connect(), client.query("overview")]);
  const { showOverview } = await typed(import("./overview.ts"));
  const [, answer] = await answers;
  return await showOverview(context, client, answer);
}
