/** `status`: chooses its form (cli 3.5). Each form is loaded when it is needed. */

import type { CommandContext } from "./context.ts";

/** `dinitctl status [--long] [--state STATE] [SERVICE|PATTERN...]` */
export async function status(context: CommandContext): Promise<number> {
  const { io, options, words } = context;
  if (!options.long && (words.length === 0 || options.states.length > 0)) return await overview(context);
  if (words.length > 1 || options.long || options.json || io.terminal() !== undefined) {
    const { longStatus }: typeof import("./long_status.ts") = await import("./long_status.ts" as string);
    return await longStatus(context);
  }
  const { shortStatus }: typeof import("./short_status.ts") = await import("./short_status.ts" as string);
  return await shortStatus(context);
}

/** Asks the daemon before loading the code that shows the answer, so that both happen at the same time. */
async function overview(context: CommandContext): Promise<number> {
  const client = await context.open();
  const answers = Promise.all([context.connect(), client.query("overview")]);
  const { showOverview }: typeof import("./overview.ts") = await import("./overview.ts" as string);
  const [, answer] = await answers;
  return await showOverview(context, client, answer);
}
