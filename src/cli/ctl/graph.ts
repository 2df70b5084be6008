/** `graph`: the services and their edges, for drawing programs. */

import type { CommandContext } from "./context.ts";
import { graphDocument, graphText } from "./graph_text.ts";
import { serviceGraph } from "./service_graph.ts";

/** `dinitctl graph [--format FORMAT]` */
export async function graph(context: CommandContext): Promise<number> {
  const found = await serviceGraph(await context.connect());
  context.record(graphDocument(found));
  context.print(graphText(found, context.options.format));
  return 0;
}
