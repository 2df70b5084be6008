import { hasProcess } from "../model/mod.ts";
import type { AssembledEngine } from "./assembly.ts";
import type { ServiceGraph } from "./graph/graph.ts";
import { prepareProcess, type ServiceRecord } from "./graph/record.ts";
import { Steps } from "./saved/steps.ts";
import type { StateStore } from "../model/saving.ts";

/** What the calls are given. */
export interface CallsContext {
  readonly engine: AssembledEngine;
  readonly graph: ServiceGraph;
  readonly store: StateStore;
  /** See `ManagerOptions`. */
  readonly broken?: (error: unknown) => void;
  /** See `ManagerOptions`. */
  readonly inactive?: () => void;
}

/** Performs the calls of the public face: each is one step, after which the engine is at rest. */
export class Calls {
  /** Performs calls that neither start nor stop services. */
  readonly steps: Steps;
  readonly #context: CallsContext;

  constructor(context: CallsContext) {
    this.#context = context;
    this.steps = new Steps(context.store, context.broken);
  }

  /** A call that may start or stop services. */
  act<Result>(work: () => Result): Result {
    const { engine, inactive } = this.#context;
    const result = this.steps.whole(() => {
      const done = work();
      engine.chaining.settled();
      return done;
    });
    if (engine.lifecycle.activeCount === 0) inactive?.();
    return result;
  }

  /** The same without a result, followed by all work that it causes. */
  drain(work: () => void): void {
    this.act(() => {
      work();
      this.#context.engine.lifecycle.drain();
    });
  }

  /** A command that concerns a service. */
  command<Result>(service: ServiceRecord, work: () => Result): Result {
    return this.act(() => {
      this.#context.graph.changes.service(service);
      return work();
    });
  }

  /** An event of a service. */
  deliver(id: number, handle: (service: ServiceRecord) => void): void {
    const { graph, engine } = this.#context;
    const service = graph.byId(id);
    if (service === undefined) {
      engine.reporter.general({ kind: "unknown-service", id });
      return;
    }
    this.drain(() => {
      graph.changes.service(service);
      handle(service);
    });
  }

  /** An event of a process or timer. Only services that can have processes keep records of them. */
  ofProcess(id: number, event: string, handle: (service: ServiceRecord) => void): void {
    this.deliver(id, (service) => {
      if (!hasProcess(service.type)) return this.#context.engine.reactor.reportImpossible(service, event);
      prepareProcess(service); // a bug elsewhere may report the process of a service that never started
      handle(service);
    });
  }

  /** An event that the phase table handles alone. */
  react(id: number, event: "ready" | "readiness-closed"): void {
    this.ofProcess(id, event, (service) => this.#context.engine.reactor.react(service, event));
  }
}
