import { isClean, LoadError, StopReason } from "../../model/mod.ts";
import type { FactReporter } from "../facts.ts";
import type { ServiceRecord } from "./record.ts";

/** What chaining is given. */
export interface ChainingContext {
  readonly reporter: FactReporter;
  /** Whether everything is being stopped. */
  isShuttingDown(): boolean;
  /** Loads a service unless it is loaded; throws `LoadError`. */
  load(name: string): ServiceRecord;
  /** Starts a service explicitly. */
  activate(service: ServiceRecord): void;
}

/** Starts the service to which an ended service chains (lifecycle 8.14). */
export class Chaining {
  readonly #context: ChainingContext;
  /** Services whose chain was followed since the engine was last at rest; to follow one twice would never end. */
  readonly #followed = new Set<ServiceRecord>();

  constructor(context: ChainingContext) {
    this.#context = context;
  }

  /** A service has ended: starts the service to which it chains, if the way it ended allows that. */
  follow(service: ServiceRecord, restarts: boolean): void {
    const { chainTo, flags } = service.description;
    const { reporter } = this.#context;
    if (chainTo === "" || this.#context.isShuttingDown()) return;
    const finished = service.reason === StopReason.TERMINATED && isClean(service.process.exit) && !restarts;
    if (!flags.alwaysChain && !finished) return;
    if (this.#followed.has(service)) {
      reporter.report(service, { kind: "chain-failed", to: chainTo, error: undefined });
      return;
    }
    this.#followed.add(service);
    try {
      this.#context.activate(this.#context.load(chainTo));
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      reporter.report(service, { kind: "chain-failed", to: chainTo, error });
    }
  }

  /** The engine is at rest. */
  settled(): void {
    this.#followed.clear();
  }
}
