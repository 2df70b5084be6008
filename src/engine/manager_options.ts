import type { ShutdownType } from "../model/mod.ts";
import type { Behaviour } from "./launcher/behaviour.ts";
import type { ServiceGraph } from "./graph/graph.ts";
import type { Lifecycle } from "./lifecycle/lifecycle.ts";
import type { DescriptionSource } from "./description_source.ts";
import type { FactSink } from "./facts.ts";
import type { Clock, ConsolePort, EnvironmentPort, ProcessHost } from "./ports.ts";
import type { ServiceRecord } from "./graph/record.ts";

/** What a manager is made of. */
export interface ManagerOptions {
  /** Where descriptions come from. */
  readonly source: DescriptionSource;
  /** The environment of the daemon. */
  readonly environment: EnvironmentPort;
  /** Time, and timers whose expiries come back as `EngineEvents.timerExpired`. */
  readonly clock: Clock;
  /** Starts, signals and watches processes. */
  readonly host: ProcessHost;
  /** The console, which services may have. */
  readonly console: ConsolePort;
  /** Takes the facts. @default nobody */
  readonly facts?: FactSink;
  /** The services to use; for tests that build graphs directly. @default an empty graph */
  readonly graph?: ServiceGraph;
  /** For an engine that goes on from a snapshot: what is to happen when everything has stopped. @default NONE */
  readonly shutdownType?: ShutdownType;
  /** How a service comes up and goes down, if not by its type. @default by type */
  readonly behaviour?: (service: ServiceRecord, lifecycle: Lifecycle) => Behaviour | undefined;
  /** No service is active any more. */
  readonly inactive?: () => void;
  /** A service with `starts-rwfs` or `starts-log` has started. */
  readonly startActions?: (service: ServiceRecord) => void;
}
