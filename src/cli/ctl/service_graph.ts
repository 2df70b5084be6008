/** Requests the service graph from the daemon. */

import type { ControlClient, Graph } from "../../client/mod.ts";
import { ctlFailure, protocolFailure } from "../shared/failure.ts";

/** The extension topic. */
const TOPIC = "graph";

/** The graph of all loaded services. Throws `ToolFailure` if the daemon does not have the extension. */
export async function serviceGraph(client: ControlClient): Promise<Graph> {
  const answer = await client.query(TOPIC);
  if (answer === undefined) throw ctlFailure("this daemon does not provide the service graph");
  const graph = answer as Partial<Graph> | null;
  const isWhole = Array.isArray(graph?.nodes) && Array.isArray(graph.edges) &&
    graph.nodes.every((node) => typeof node?.name === "string" && typeof node.exit === "object") &&
    graph.edges.every((edge) => typeof edge?.from === "string" && typeof edge.to === "string");
  if (!isWhole) throw protocolFailure();
  return graph as Graph;
}
