/** The service graph as trees. */

import type { Graph, GraphNode } from "../../client/mod.ts";
import { isOrdering } from "../../model/states.ts";

/** A service and its subtree. */
export interface Branch {
  readonly service: GraphNode;
  /** The kind of the edge to the branch above. @default undefined, there is none */
  readonly kind: number | undefined;
  /** The number of branches above this one. */
  readonly depth: number;
  /** Its subtree was shown before, and is not shown again. */
  readonly repeated: boolean;
  readonly children: readonly Branch[];
}

/** The options of the trees. */
export interface TreeOptions {
  /** The services at the top. @default those without dependents */
  readonly roots?: readonly string[];
  /** Whether to go from services to their dependents. @default false */
  readonly reverse?: boolean;
}

/**
 * Trees along the dependencies, without orderings. Each service has its subtree only at its first place in reading
 * order, so the result is no larger than the graph.
 */
export function dependencyTree(
  { nodes, edges }: Graph,
  { roots = [], reverse = false }: TreeOptions = {},
): Branch[] {
  const services = new Map(nodes.map((node) => [node.name, node]));
  const below = new Map<string, { readonly name: string; readonly kind: number }[]>();
  const hasAbove = new Set<string>();
  for (const { from, to, kind } of edges) {
    if (isOrdering(kind) || !services.has(from) || !services.has(to)) continue;
    const [upper, lower] = reverse ? [to, from] : [from, to];
    hasAbove.add(lower);
    const list = below.get(upper);
    if (list === undefined) below.set(upper, [{ name: lower, kind }]);
    else list.push({ name: lower, kind });
  }
  const shown = new Set<string>();
  const branch = (name: string, kind: number | undefined, depth: number) => {
    const children: Branch[] = [];
    return { service: services.get(name)!, kind, depth, repeated: false, children };
  };
  const tops = roots.length > 0 ? roots : nodes.map(({ name }) => name).filter((name) => !hasAbove.has(name));
  const trees = [...new Set(tops)].map((name) => branch(name, undefined, 0));
  // A stack instead of recursion: the daemon limits the depth of dependencies, but this program does not rely on it.
  const stack = trees.toReversed();
  for (let current = stack.pop(); current !== undefined; current = stack.pop()) {
    const { name } = current.service;
    const lower = below.get(name) ?? [];
    if (shown.has(name)) {
      current.repeated = lower.length > 0;
      continue;
    }
    shown.add(name);
    for (const next of lower) current.children.push(branch(next.name, next.kind, current.depth + 1));
    stack.push(...current.children.toReversed() as typeof stack);
  }
  return trees;
}
