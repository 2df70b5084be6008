/** `status`: which of its forms is meant (cli 3.5). Each form is loaded when it is wanted. */

import type { CommandContext } from "../context.ts";

/** `dinitctl status [--long] [--state STATE] [SERVICE|PATTERN...]` */
export async function status(context: CommandContext): Promise<number> {
  const { io, options, words } = context;
  if (words.length === 0 || options.states.length > 0) return await overview(context);
  if (words.length > 1 || options.long || options.json || io.terminal() !== undefined) {
    return await (await import("./long_status.ts")).longStatus(context);
  }
  return await (await import("./short_status.ts")).shortStatus(context);
}

/** The daemon is asked before the code that shows its answer is loaded: both take their time together. */
async function overview(context: CommandContext): Promise<number> {
  const client = await context.open();
  const answers = Promise.all([client.handshake(), client.query("overview")]);
  const { showOverview } = await import("./overview.ts");
  const [, answer] = await answers;
  return await showOverview(context, client, answer);
}
