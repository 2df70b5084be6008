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

/** Starts the services that others are chained to (lifecycle 8.14). */
export class Chaining {
  readonly #context: ChainingContext;
  /** Services that have been followed since the engine last came to rest; a second time would never end. */
  readonly #followed = new Set<ServiceRecord>();

  constructor(context: ChainingContext) {
    this.#context = context;
  }

  /** A service has ended: starts the one that it is chained to, if its end asks for that. */
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

  /** The engine has come to rest. */
  settled(): void {
    this.#followed.clear();
  }
}
