/**
 * Reloading: a new description for a loaded service. It takes effect completely or not at all. Service description 7,
 * lifecycle 12.3.
 */

import { refusedChange } from "../../description/mod.ts";
import {
  baseName,
  DependencyKind,
  hasLastingProcess,
  LoadError,
  type ServiceDescription,
  ServiceState,
} from "../../model/mod.ts";
import { chainLength, reaches, type ServiceGraph } from "./graph.ts";
import type { FactReporter } from "../facts.ts";
import type { Lifecycle } from "../lifecycle/lifecycle.ts";
import { type Loader, ownEdges, type ResolvedLink } from "./loading.ts";
import { isActive, type ServiceRecord } from "./record.ts";

const { STOPPED, STARTED } = ServiceState;

/** What reloading is given. */
export interface ReloadingContext {
  readonly graph: ServiceGraph;
  readonly loader: Loader;
  readonly lifecycle: Lifecycle;
}

/** Reads the description again and applies it; a failure is reported, and gives `undefined`. */
export function tryReload(
  { reporter, ...context }: ReloadingContext & { readonly reporter: FactReporter },
  record: ServiceRecord,
): ServiceRecord | undefined {
  try {
    reload(context, record);
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    reporter.report(record, { kind: "reload-failed", error });
    return undefined;
  }
  reporter.report(record, { kind: "reloaded" });
  return record;
}

/** Reads the description again and applies it. Throws `LoadError` if it has mistakes or cannot be applied now. */
function reload(context: ReloadingContext, record: ServiceRecord): void {
  const { loader, lifecycle } = context;
  const description = loader.readAgain(record);
  if (record.state !== STOPPED) checkLive(context, record, description);
  loader.checkConsumers(record, description);
  if (record.state !== STOPPED) checkConsumed(context, record, description);
  const links = loader.resolve(record, description);
  try {
    checkShape(record, links);
  } catch (error) {
    for (const link of links) context.graph.removeIfUnused(link.record);
    throw error;
  }
  replaceEdges(context, record, links);
  loader.setConsumerOf(record, description.consumerOf);
  if (description.type !== record.type) {
    lifecycle.unpin(record);
    context.graph.reset(record, description.type);
  }
  context.graph.describe(record, description);
  lifecycle.drain();
}

function refuse(record: ServiceRecord, message: string): LoadError {
  return new LoadError("load", message, { service: baseName(record.name), code: "reload" });
}

/** Checks what must not change unless the service is stopped, in the order of the specification. */
function checkLive(context: ReloadingContext, record: ServiceRecord, description: ServiceDescription): void {
  const refused = refusedChange(record.description, description);
  if (refused?.setting === "type") throw refuse(record, refused.message);
  if (record.state !== STARTED) {
    throw refuse(record, "cannot alter settings for service which is currently starting/stopping.");
  }
  for (const { kind, name } of description.dependencies) {
    if (kind !== DependencyKind.REGULAR && kind !== DependencyKind.PREPARED_BY) continue;
    if (context.graph.find(name)?.state === STARTED) continue;
    throw refuse(record, `cannot add non-started dependency '${name}'.`);
  }
  if (refused !== undefined) throw refuse(record, refused.message);
}

/** A running consumer keeps its producer; a name that is not loaded counts as none. */
function checkConsumed(
  context: ReloadingContext,
  record: ServiceRecord,
  description: ServiceDescription,
): void {
  if (!hasLastingProcess(record.type)) return;
  const consumed = ({ consumerOf }: ServiceDescription) => context.graph.find(consumerOf);
  if (consumed(description) !== consumed(record.description)) {
    throw refuse(record, "cannot change consumed service ('consumer-of') when not stopped");
  }
}

/** Checks that no circle, and no chain that is too long, results. */
function checkShape(record: ServiceRecord, links: readonly ResolvedLink[]): void {
  const forward = links.filter((link) => link.kind !== DependencyKind.BEFORE).map((link) => link.record);
  const imposed = record.dependencies.filter((edge) => edge.kind === DependencyKind.BEFORE).map((edge) =>
    edge.to
  );
  const below = [...forward, ...imposed];
  const closes = links.some((link) => link.kind === DependencyKind.BEFORE && reaches(below, link.record));
  if (closes || reaches(below, record)) {
    throw new LoadError("load", "has cyclic dependency.", { service: record.name, code: "cycle" });
  }
  for (const { kind, record: to } of links) {
    if (kind === DependencyKind.BEFORE || kind === DependencyKind.AFTER) continue;
    if (chainLength(record, to) > 32) throw refuse(record, "maximum recursion depth exceeded");
  }
}

/** New edges are added before old ones are removed, so that a dependency that is in both keeps running. */
function replaceEdges(
  context: ReloadingContext,
  record: ServiceRecord,
  links: readonly ResolvedLink[],
): void {
  const { graph, loader, lifecycle } = context;
  const old = ownEdges(record);
  for (const link of links) {
    const edge = loader.connect(record, link);
    const binding = link.kind === DependencyKind.REGULAR || link.kind === DependencyKind.PREPARED_BY;
    if (isActive(record) && (binding || isActive(edge.to))) lifecycle.hold(edge);
  }
  for (const edge of old) {
    lifecycle.removeEdge(edge);
    graph.removeIfUnused(edge.from === record ? edge.to : edge.from);
  }
}
