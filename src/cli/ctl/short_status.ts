/** `status` of one service, exactly like the reference (cli 3.5). */

import type { CommandContext } from "./context.ts";
import { statusLines } from "./status_lines.ts";
import { withLaunchText } from "./launch_text.ts";
import { findService, notLoaded, serviceStatus } from "./services.ts";
import { typed } from "../../model/typed_module.ts";

/** Only a pattern that is no service's name shows more: all matching services. */
export async function shortStatus(context: CommandContext): Promise<number> {
  const [name] = context.words;
  const client = await context.connect();
  const service = await findService(client, name);
  if (service !== undefined) {
    const status = await serviceStatus(client, service.handle);
    const lines = statusLines(name, await withLaunchText(client, service.handle, status));
    context.print(lines.map((line) => `${line}\n`).join(""));
    return 0;
  }
  const { isPattern } = await typed(import("./selection.ts"));
  if (!isPattern(name)) throw notLoaded(name);
  const { showMatching } = await typed(import("./overview.ts"));
  return await showMatching(context, client);
}
