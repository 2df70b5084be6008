/**
 * Lines that name other services, after all descriptions are made: those that would prevent loading become comments. A
 * description may only depend on services that there are, and not on itself by a circle.
 */

import { baseName } from "../../model/mod.ts";
import type { DescriptionText, RelationLine } from "./description_text.ts";
import { substituted } from "./words.ts";

/** Whether the line says only in which order two services start. */
function isOrdering({ relation }: RelationLine): boolean {
  return relation === "after" || relation === "before";
}

/** The description that a line names. */
function target({ name }: RelationLine): string {
  return baseName(substituted(name).replaceAll("$$", "$"));
}

/**
 * Takes away the lines that would prevent loading, and says so in the account and in a comment.
 *
 * @param exists whether the target folder already has a description with this name
 */
export function settleRelations(
  descriptions: readonly DescriptionText[],
  exists: (name: string) => boolean,
): void {
  const names = new Set(descriptions.map(({ name }) => name));
  for (const description of descriptions) {
    description.relations = description.relations.filter((line) => {
      const name = target(line);
      if (name === description.name) return give(description, line, "it names the service itself");
      if (names.has(name) || exists(name)) return true;
      if (isOrdering(line)) return postpone(description, line, name);
      return give(
        description,
        line,
        `there is no description of '${name}' yet; add the line when there is one`,
      );
    });
  }
  breakCircles(descriptions);
}

/** An ordering without the other service has no effect: a comment keeps it, since the checker looks for it. Returns false. */
function postpone(description: DescriptionText, line: RelationLine, name: string): false {
  const text = `${line.relation} = ${substituted(line.name)}`;
  line.directive?.changed(`a comment keeps ${text}, until there is a description of '${name}'`);
  description.comment(`When there is a description of '${name}': ${text}`);
  return false;
}

/** Turns a line into a comment. Returns false. */
function give(description: DescriptionText, line: RelationLine, why: string): false {
  const text = `${line.relation} = ${substituted(line.name)}`;
  line.directive?.decision(`not written: ${text}: ${why}`);
  description.comment(`Decide: ${text}: ${why}.`);
  return false;
}

/** One service starts after another because of a line. */
interface Edge {
  readonly to: string;
  readonly owner: DescriptionText;
  readonly line: RelationLine;
}

/**
 * Takes a line away from each circle: an ordering if there is one, otherwise the line that closes it. Depth first, with an
 * explicit stack because chains may be long.
 */
function breakCircles(descriptions: readonly DescriptionText[]): void {
  const edges = edgesOf(descriptions);
  const removed = new Set<RelationLine>();
  const open = new Set<string>();
  const done = new Set<string>();
  for (const start of edges.keys()) {
    const path: PathStep[] = [{ name: start, next: 0 }];
    open.add(start);
    while (path.length > 0) {
      const top = path[path.length - 1];
      const edge = done.has(top.name) ? undefined : edges.get(top.name)?.[top.next++];
      if (edge === undefined) {
        done.add(top.name);
        open.delete(top.name);
        path.pop();
      } else if (removed.has(edge.line)) {
        continue;
      } else if (open.has(edge.to)) {
        const begin = path.findIndex(({ name }) => name === edge.to);
        const circle = path.slice(begin).map(({ name, next }) => edges.get(name)?.[next - 1] ?? edge);
        const weakest = circle.findIndex(({ line }) => isOrdering(line));
        const at = weakest === -1 ? circle.length - 1 : weakest;
        removed.add(circle[at].line);
        const names = [...path.slice(begin).map(({ name }) => name), edge.to];
        give(circle[at].owner, circle[at].line, `it closes a circle: ${names.join(", ")}`);
        // What stands behind the removed line on the path is looked at again from other places.
        path.splice(begin + at + 1).forEach(({ name }) => open.delete(name));
      } else if (!done.has(edge.to)) {
        path.push({ name: edge.to, next: 0 });
        open.add(edge.to);
      }
    }
  }
  for (const description of descriptions) {
    description.relations = description.relations.filter((line) => !removed.has(line));
  }
}

/** A service on the path from the first one, and the number of its next edge. */
interface PathStep {
  readonly name: string;
  next: number;
}

/** The edges of each service to those that start before it: dependencies first, so that orderings give way. */
function edgesOf(descriptions: readonly DescriptionText[]): Map<string, Edge[]> {
  const edges = new Map<string, Edge[]>(descriptions.map(({ name }) => [name, []]));
  const lines = descriptions.flatMap((owner) => owner.relations.map((line) => ({ owner, line })));
  const ordered = [
    ...lines.filter(({ line }) => !isOrdering(line)),
    ...lines.filter(({ line }) => isOrdering(line)),
  ];
  for (const { owner, line } of ordered) {
    const other = target(line);
    if (line.relation === "on-failure" || !edges.has(other)) continue;
    if (line.relation === "before") edges.get(other)?.push({ to: owner.name, owner, line });
    else edges.get(owner.name)?.push({ to: other, owner, line });
  }
  return edges;
}
