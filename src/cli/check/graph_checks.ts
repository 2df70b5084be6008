/** Checks across services: log consumers and cycles (cli 5.5, secondary checks). */

import { DependencyKind, type Location, type ServiceDescription, serviceTypeRow } from "../../model/mod.ts";
import type { Finding } from "./finding.ts";

/** A service whose description was read completely. */
export interface CheckedService {
  readonly description: ServiceDescription;
  /** The first place where it names each other service. */
  readonly named: ReadonlyMap<string, Location>;
}

/** The services that were read, by full name. */
export type CheckedServices = ReadonlyMap<string, CheckedService>;

/** Checks that consumers have a producer with output. */
export function checkConsumers(services: CheckedServices, report: (finding: Finding) => void): void {
  const consumers = new Map<string, string>();
  for (const [name, { description: { consumerOf }, named }] of services) {
    if (consumerOf === "") continue;
    const place = named.get(consumerOf);
    const producer = services.get(consumerOf)?.description;
    const tell = (severity: "error" | "note", code: string, message: string, text: string) =>
      report({ service: name, severity, code, message, text, place, setting: "consumer-of" });
    const fault = producer && producerFault(producer);
    if (producer === undefined) {
      const message = `specified as consumer of service '${consumerOf}' which was not found.`;
      tell("note", "producer-not-found", message, `Warning: Service '${name}' ${message}`);
    } else if (fault !== undefined) {
      const message = `specified as consumer of service '${consumerOf}' which ${fault}`;
      tell("error", "producer", message, `Service '${name}': ${message}`);
    } else if (consumers.has(consumerOf)) {
      const message = "the 'consumer-of' setting specifies a service that already has a consumer";
      tell("error", "second-consumer", message, `Service '${name}': ${message}`);
    }
    consumers.set(consumerOf, name);
  }
}

/** Why no service can read the output of a service. */
function producerFault({ type, logType }: ServiceDescription): string | undefined {
  if (serviceTypeRow(type).process === "none") {
    return "is not a process-based service.";
  }
  return logType === "pipe" ? undefined : "has log-type that is not 'pipe'.";
}

/** One service starts after another. */
interface Edge {
  readonly from: string;
  readonly to: string;
  /** The setting, if the edge is only an ordering. */
  readonly via: "before" | "after" | undefined;
  readonly place: Location | undefined;
}

/** Looks for services that start after each other in a circle. Reports the first circle. */
export function checkCycles(services: CheckedServices, report: (finding: Finding) => void): void {
  const cycle = findCycle(edgesOf(services));
  if (cycle === undefined) return;
  const [{ from: first, place }] = cycle;
  // If a service depends on itself, the reference names it twice before it closes the circle.
  const shown = cycle.length === 1 ? [...cycle, ...cycle] : cycle;
  const lines = shown.map(({ from, via }) => `    ${from} ->${via === undefined ? "" : ` (via '${via}')`}`);
  report({
    service: first,
    severity: "error",
    code: "cycle",
    message: `dependency cycle: ${[...cycle.map(({ from }) => from), first].join(" -> ")}`,
    text: ["Found dependency cycle:", ...lines, `    ${first}.`].join("\n"),
    place,
  });
}

/** The edges from each service to those that start before it. */
function edgesOf(services: CheckedServices): Map<string, Edge[]> {
  const edges = new Map<string, Edge[]>(Array.from(services.keys(), (name) => [name, []]));
  for (const [name, { description, named }] of services) {
    for (const { kind, name: other } of description.dependencies) {
      const place = named.get(other);
      if (kind === DependencyKind.BEFORE) {
        edges.get(other)?.push({ from: other, to: name, via: "before", place });
      } else if (edges.has(other)) {
        const via = kind === DependencyKind.AFTER ? "after" : undefined;
        edges.get(name)!.push({ from: name, to: other, via, place });
      }
    }
  }
  return edges;
}

/** The first circle of edges, found depth first, with an explicit stack because chains may be long. */
function findCycle(edges: ReadonlyMap<string, readonly Edge[]>): Edge[] | undefined {
  const done = new Set<string>();
  for (const start of edges.keys()) {
    const path: { name: string; next: number }[] = [{ name: start, next: 0 }];
    const onPath = new Set([start]);
    while (path.length > 0) {
      const top = path[path.length - 1];
      const edge = done.has(top.name) ? undefined : edges.get(top.name)![top.next++];
      if (edge === undefined) {
        done.add(top.name);
        onPath.delete(top.name);
        path.pop();
      } else if (onPath.has(edge.to)) {
        const begin = path.findIndex(({ name }) => name === edge.to);
        return path.slice(begin).map(({ name, next }) => edges.get(name)![next - 1]);
      } else {
        path.push({ name: edge.to, next: 0 });
        onPath.add(edge.to);
      }
    }
  }
  return undefined;
}
