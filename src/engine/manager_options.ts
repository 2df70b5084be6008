import type { ShutdownType } from "../model/mod.ts";
import type { Behaviour } from "./launcher/behaviour.ts";
import type { ServiceGraph } from "./graph/graph.ts";
import type { Lifecycle } from "./lifecycle/lifecycle.ts";
import type { DescriptionSource } from "./description_source.ts";
import type { FactSink } from "./facts.ts";
import type { Clock, ConsolePort, EnvironmentPort, ProcessHost } from "./ports.ts";
import type { ServiceRecord } from "./graph/record.ts";

/** The parts from which a manager is made. */
export interface ManagerOptions {
  /** The source of descriptions. */
  readonly source: DescriptionSource;
  /** The environment of the daemon. */
  readonly environment: EnvironmentPort;
  /** Time, and timers whose expiries come back as `EngineEvents.timerExpired`. */
  readonly clock: Clock;
  /** Starts, signals and watches processes. */
  readonly host: ProcessHost;
  /** The console, which services may have. */
  readonly console: ConsolePort;
  /** Receives the facts. @default ignored */
  readonly facts?: FactSink;
  /** The services to use; for tests that build graphs directly. @default an empty graph */
  readonly graph?: ServiceGraph;
  /** For an engine that continues from a snapshot: what happens when everything has stopped. @default NONE */
  readonly shutdownType?: ShutdownType;
  /** How services start and stop, if their type does not decide. @default by type */
  readonly behaviour?: (service: ServiceRecord, lifecycle: Lifecycle) => Behaviour | undefined;
  /** No service is active any more. */
  readonly inactive?: () => void;
  /** A service with `starts-rwfs` or `starts-log` has started. */
  readonly startActions?: (service: ServiceRecord) => void;
}
