/**
 * Loading: from a name to a service in the graph, with all its dependencies. A source finds and reads descriptions.
 * This file follows the order of the load procedure, finds circles and connects the edges. Service description 2.4 to
 * 2.6 and 4, lifecycle 12.1, 12.2 and 12.4.
 */

import {
  baseName,
  DependencyKind,
  hasProcess,
  isOrdering,
  LoadError,
  type ServiceDescription,
  ServiceState,
  ServiceType,
} from "../../model/mod.ts";
import { LOADED_TEXT_LIMIT, megabytes } from "../../description/mod.ts";
import type { DescriptionSource, FoundDescription } from "../description_source.ts";
import type { FactReporter } from "../facts.ts";
import { isLoaded, reaches, type ServiceGraph } from "./graph.ts";
import type { ProcessHost } from "../ports.ts";
import { LoadedText, SERVICE_LIMIT } from "./load_limits.ts";
import type { Edge, ServiceRecord } from "./record.ts";

/** The deepest nesting of services in one load. */
const MAX_DEPTH = 32;

/** What loading is given. */
export interface LoadingContext {
  readonly graph: ServiceGraph;
  readonly source: DescriptionSource;
  readonly host: ProcessHost;
  readonly reporter: FactReporter;
}

/** A link of a description with its target record. */
export interface ResolvedLink {
  readonly kind: DependencyKind;
  readonly record: ServiceRecord;
}

/** Loads services on demand. */
export class Loader {
  readonly #context: LoadingContext;
  readonly #text: LoadedText;

  constructor(context: LoadingContext) {
    this.#context = context;
    this.#text = new LoadedText(context.graph);
  }

  /** The service with this full name, loaded if necessary. Throws `LoadError`. */
  load(name: string): ServiceRecord {
    return this.#load(name, undefined, 0);
  }

  #load(name: string, avoid: ServiceRecord | undefined, depth: number): ServiceRecord {
    if (depth === MAX_DEPTH) throw failure(name, "maximum recursion depth exceeded", "too-deep");
    const { graph } = this.#context;
    const existing = graph.get(name);
    if (existing !== undefined && (existing.loading || existing === avoid)) throw cyclic(name);
    if (existing !== undefined && isLoaded(existing)) return existing;
    if (graph.size >= SERVICE_LIMIT) {
      throw failure(baseName(name), `more than ${SERVICE_LIMIT} services cannot be loaded`, "too-many");
    }
    const found = this.#context.source.find(name);
    const record = existing ?? graph.add(name, ServiceType.PLACEHOLDER);
    record.loading = true;
    try {
      const description = this.#read(name, found, existing, depth);
      this.checkConsumers(record, description);
      this.#link(record, description);
      this.#context.graph.describe(record, description);
      this.#context.reporter.report(record, { kind: "loaded" });
      return record;
    } finally {
      record.loading = false;
      graph.removeIfUnused(record);
    }
  }

  /** Reads the description of a loaded service again, and loads its new dependencies. */
  readAgain(record: ServiceRecord): ServiceDescription {
    return this.#read(record.name, this.#context.source.find(record.name), record, 0);
  }

  #read(
    name: string,
    found: FoundDescription,
    avoid: ServiceRecord | undefined,
    depth: number,
  ): ServiceDescription {
    const { host, reporter } = this.#context;
    const description = found.read({
      warn: (text) => reporter.general({ kind: "description-warning", text }),
      dependency: (request) => {
        if (request.fromDirectory) this.#load(request.name, undefined, 0);
        else this.#loadDependency(name, request.name, avoid, depth + 1);
      },
    });
    if (!this.#text.add(description.size)) {
      const limit = megabytes(LOADED_TEXT_LIMIT);
      const message =
        `the descriptions of all loaded services are too large together (the limit is ${limit})`;
      throw failure(baseName(name), message, "too-much-text");
    }
    const obstacle = host.unsupported(description);
    if (obstacle !== undefined) {
      throw new LoadError("load", `'${obstacle.setting}': ${obstacle.message}`, {
        service: baseName(name),
        setting: obstacle.setting,
        code: "unsupported",
      });
    }
    return description;
  }

  #loadDependency(dependent: string, name: string, avoid: ServiceRecord | undefined, depth: number): void {
    try {
      this.#load(name, avoid, depth);
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      this.#context.reporter.general({ kind: "load-failed", error, occasion: "request" });
      throw failure(baseName(dependent), "could not load dependency.", "dependency", error);
    }
  }

  /** The two ends of a log pipe must match (service description 4.6). */
  checkConsumers(record: ServiceRecord, description: ServiceDescription): void {
    const refuse = (message: string) => failure(baseName(record.name), message, "consumer");
    if (record.consumer !== undefined) {
      if (!hasProcess(description.type)) {
        throw refuse(
          "service has output consumer; service type must correspond to output-producing service " +
            "(process, bgprocess, or scripted)",
        );
      }
      if (description.logType !== "pipe") {
        throw refuse("service has output consumer; log type must be set to 'pipe'");
      }
    }
    if (description.consumerOf === "") return;
    const producer = this.#context.graph.get(description.consumerOf);
    if (producer === undefined) return;
    const complaint = "the 'consumer-of' setting specifies a service";
    if (isLoaded(producer)) {
      if (!hasProcess(producer.type)) {
        throw refuse(`${complaint} of a type that does not produce output`);
      }
      if (producer.description.logType !== "pipe") {
        throw refuse(`${complaint} that does not log via a pipe ('log-type = pipe')`);
      }
    }
    if (producer.consumer !== undefined && producer.consumer !== record) {
      throw refuse(`${complaint} that already has a consumer`);
    }
  }

  /** Connects the edges of a new service, unless that would close a circle. */
  #link(record: ServiceRecord, description: ServiceDescription): void {
    const edges = this.resolve(record, description).map((link) => this.connect(record, link));
    // A service without dependents closes no circle: the usual case, which needs no walk.
    if (record.dependents.length > 0 && reaches(record.dependencies.map(({ to }) => to), record)) {
      edges.forEach((edge) => this.disconnect(record, edge));
      throw cyclic(baseName(record.name));
    }
    this.setConsumerOf(record, description.consumerOf);
  }

  /** The target records of the links of a description; names that are not loaded get placeholders. */
  resolve(record: ServiceRecord, description: ServiceDescription): ResolvedLink[] {
    const { graph } = this.#context;
    const own = [baseName(record.name), record.name];
    for (const { kind, name } of description.dependencies) {
      if (isOrdering(kind) && own.includes(name)) throw cyclic(baseName(record.name));
      if (kind === DependencyKind.AFTER && graph.get(name)?.loading) throw cyclic(baseName(record.name));
    }
    return description.dependencies.map(({ kind, name }) => ({ kind, record: graph.getOrPlaceholder(name) }));
  }

  /** Adds the edge of a link. It starts at the service; the edge of `before` ends there. */
  connect(record: ServiceRecord, link: ResolvedLink): Edge {
    const { graph } = this.#context;
    return link.kind === DependencyKind.BEFORE
      ? graph.connect(link.record, record, link.kind)
      : graph.connect(record, link.record, link.kind);
  }

  /** Removes an edge of a service, and the placeholder at its other end if nothing else uses it. */
  disconnect(record: ServiceRecord, edge: Edge): void {
    this.#context.graph.disconnect(edge);
    this.#context.graph.removeIfUnused(edge.from === record ? edge.to : edge.from);
  }

  /** Makes the service the consumer of another one's output, instead of its previous producer. */
  setConsumerOf(record: ServiceRecord, name: string): void {
    const { graph } = this.#context;
    const before = graph.get(record.description.consumerOf);
    if (before?.consumer === record && before.name !== name) {
      graph.setConsumer(before, undefined);
      graph.removeIfUnused(before);
    }
    if (name !== "") graph.setConsumer(graph.getOrPlaceholder(name), record);
  }

  /** Removes a service for which `mayUnload` holds (12.4). */
  unload(record: ServiceRecord): void {
    const { graph, host } = this.#context;
    this.setConsumerOf(record, "");
    for (const edge of ownEdges(record)) this.disconnect(record, edge);
    host.serviceUnloaded(record);
    this.#context.reporter.report(record, { kind: "unloaded" });
    graph.reset(record, ServiceType.PLACEHOLDER);
    graph.removeIfUnused(record);
  }
}

/** Whether a service is stopped and nothing depends on it (12.4). */
export function mayUnload(record: ServiceRecord): boolean {
  return record.state === ServiceState.STOPPED && record.dependents.every((edge) => isOrdering(edge.kind));
}

/** The edges from the service's own description, without the orderings that other services impose on it. */
export function ownEdges(record: ServiceRecord): Edge[] {
  return [
    ...record.dependencies.filter((edge) => edge.kind !== DependencyKind.BEFORE),
    ...record.dependents.filter((edge) => edge.kind === DependencyKind.BEFORE),
  ];
}

function failure(service: string, message: string, code: string, cause?: unknown): LoadError {
  return new LoadError("load", message, { service, code, cause });
}

function cyclic(service: string): LoadError {
  return failure(service, "has cyclic dependency.", "cycle");
}
