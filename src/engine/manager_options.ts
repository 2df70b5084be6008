import type { StateStore } from "../model/saving.ts";
import type { Behaviour } from "./launcher/behaviour.ts";
import type { ServiceGraph } from "./graph/graph.ts";
import type { Lifecycle } from "./lifecycle/lifecycle.ts";
import type { DescriptionSource } from "./description_source.ts";
import type { FactSink } from "./facts.ts";
import type { Clock, ConsolePort, EnvironmentPort, ProcessHost } from "./ports.ts";
import type { ServiceRecord } from "./graph/record.ts";
import type { SavedData } from "./saved/saved_data.ts";

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
  /** Receives the changes of state. @default nothing is saved */
  readonly store?: StateStore;
  /**
   * Where an engine continues, with the services of `graph`. Only `restore` knows it. @default a new engine
   *
   * @internal
   */
  readonly saved?: SavedData;
  /** How services start and stop, if their type does not decide. @default by type */
  readonly behaviour?: (service: ServiceRecord, lifecycle: Lifecycle) => Behaviour | undefined;
  /**
   * A bug: an error has left the memory half changed, and the store has not taken the changes of this step. Called once,
   * before the call that failed throws the error. The program should continue from the last valid state. @default the
   * error is only thrown
   */
  readonly broken?: (error: unknown) => void;
  /** No service is active any more. */
  readonly inactive?: () => void;
  /** A service with `starts-rwfs` or `starts-log` has started. */
  readonly startActions?: (service: ServiceRecord) => void;
}
