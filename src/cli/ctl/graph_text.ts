/** The service graph in the languages of drawing programs. Pure functions. */

import { type Graph, hasFailed } from "../../client/mod.ts";
import { serviceTypeRow } from "../../model/service_types.ts";
import { dependencyKindName } from "../../model/dependency_kinds.ts";
import { isOrdering } from "../../model/states.ts";
import type { GraphDocument, StateName } from "./documents.ts";
import { lookOf } from "./look.ts";
import type { GraphFormat, StateChoice } from "../../options/ctl_values.ts";
import { stateName } from "./status_text.ts";

/** Background colours that keep black text readable. */
const FILLS: Readonly<Record<StateChoice, string>> = {
  started: "#c3e6cb",
  starting: "#ffeeba",
  stopping: "#ffeeba",
  failed: "#f5c6cb",
  stopped: "#e2e3e5",
};

/** The graph in one of the languages, with a newline at the end. */
export function graphText(graph: Graph, format: GraphFormat): string {
  switch (format) {
    case "dot":
      return dotText(graph);
    case "mermaid":
      return mermaidText(graph);
    case "json":
      return `${JSON.stringify(graphDocument(graph))}\n`;
  }
}

/** The graph as the document that `--json` writes. */
export function graphDocument({ nodes, edges }: Graph): Omit<GraphDocument, "command"> {
  return {
    nodes: nodes.map((node) => ({
      name: node.name,
      type: serviceTypeRow(node.type)?.name ?? "unknown",
      state: stateName(node.state) as StateName,
      target: stateName(node.target) as StateName,
      failed: hasFailed(node),
    })),
    edges: edges.map(({ from, to, kind }) => ({ from, to, kind: dependencyKindName(kind) })),
  };
}

/** For Graphviz. Solid edges are hard, dashed ones soft, dotted ones orderings. */
function dotText({ nodes, edges }: Graph): string {
  return [
    "digraph dinit {",
    "  rankdir=LR;",
    "  node [shape=box, style=filled];",
    ...nodes.map((node) => `  ${dotName(node.name)} [fillcolor="${FILLS[lookOf(node).word]}"];`),
    ...edges.map(({ from, to, kind }) =>
      `  ${dotName(from)} -> ${dotName(to)} [label="${dependencyKindName(kind)}"${dotStyle(kind)}];`
    ),
    "}",
    "",
  ].join("\n");
}

function dotName(name: string): string {
  return `"${name.replace(/[\\"]/g, "\\$&")}"`;
}

function dotStyle(kind: number): string {
  if (isOrdering(kind)) return ", style=dotted";
  return isSoft(kind) ? ", style=dashed" : "";
}

function isSoft(kind: number): boolean {
  return ["waits-for", "soft"].includes(dependencyKindName(kind));
}

/** For Mermaid, whose node names are plain words, so nodes are numbered. */
function mermaidText({ nodes, edges }: Graph): string {
  const ids = new Map<string, string>();
  const idOf = (name: string) => {
    const id = ids.get(name) ?? `s${ids.size}`;
    ids.set(name, id);
    return id;
  };
  const looks = [...new Set(nodes.map((node) => lookOf(node).word))];
  const loaded = new Set(nodes.map(({ name }) => name));
  const others = new Set(edges.map(({ to }) => to).filter((name) => !loaded.has(name)));
  return [
    "flowchart LR",
    ...nodes.map((node) => `  ${mermaidNode(idOf(node.name), node.name)}:::${lookOf(node).word}`),
    ...Array.from(others, (name) => `  ${mermaidNode(idOf(name), name)}`),
    ...edges.map(({ from, to, kind }) => {
      const arrow = isOrdering(kind) || isSoft(kind) ? "-.->" : "-->";
      return `  ${idOf(from)} ${arrow}|${dependencyKindName(kind)}| ${idOf(to)}`;
    }),
    ...looks.map((word) => `  classDef ${word} fill:${FILLS[word]},color:#000`),
    "",
  ].join("\n");
}

function mermaidNode(id: string, name: string): string {
  return `${id}["${name.replace(/[^\w@.\/ -]/gu, (character) => `#${character.codePointAt(0)};`)}"]`;
}
