/** `tree`: the dependencies of services, or their dependents. */

import type { CommandContext } from "./context.ts";
import { renderTree, treeDocument } from "./tree_text.ts";
import { ctlFailure } from "../shared/failure.ts";
import { dependencyTree } from "./service_tree.ts";
import { serviceGraph } from "./service_graph.ts";

/** `dinitctl tree [--reverse] [SERVICE...]`: without a service, from all services without dependents. */
export async function tree(context: CommandContext): Promise<number> {
  const { options, words } = context;
  const graph = await serviceGraph(await context.connect());
  const missing = words.find((name) => !graph.nodes.some((node) => node.name === name));
  if (missing !== undefined) {
    throw ctlFailure(`service not loaded: ${missing}`).about({ kind: "not-loaded", name: missing });
  }
  const roots = dependencyTree(graph, { roots: words, reverse: options.reverse });
  context.record({ reverse: options.reverse, roots: treeDocument(roots) });
  context.print(renderTree(roots, await context.style()));
  return 0;
}
