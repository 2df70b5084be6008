import { isClean, LoadError, StopReason } from "../model/mod.ts";
import type { EngineLog } from "./ports.ts";
import type { ServiceRecord } from "./service.ts";

/** What chaining needs around it. */
export interface ChainingContext {
  readonly log: EngineLog;
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
    const { log } = this.#context;
    if (chainTo === "" || this.#context.isShuttingDown()) return;
    const finished = service.reason === StopReason.TERMINATED && isClean(service.process.exit) && !restarts;
    if (!flags.alwaysChain && !finished) return;
    const failure = `Couldn't chain to service ${chainTo}:`;
    if (this.#followed.has(service)) {
      log.message("error", `${failure} it ends at once and leads back to ${service.name}`);
      return;
    }
    this.#followed.add(service);
    try {
      this.#context.activate(this.#context.load(chainTo));
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      log.message("error", `${failure} couldn't load ${error.service}: ${error.message}`);
    }
  }

  /** The engine has come to rest. */
  settled(): void {
    this.#followed.clear();
  }
}
