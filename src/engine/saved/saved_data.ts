import type { ShutdownType } from "../../model/mod.ts";
import type { ServiceGraph } from "../graph/graph.ts";
import type { Launcher } from "../launcher/launcher.ts";
import type { ProcessEvents } from "../launcher/process_events.ts";
import type { Lifecycle, LifecycleState } from "../lifecycle/lifecycle.ts";
import type { Clock, EnvironmentPort, ProcessHost } from "../ports.ts";

/** Variables that clients have changed, in the order of the changes; `undefined`: removed. */
export type Variables = ReadonlyMap<string, string | undefined>;

/** What a restored engine is given, besides its services. */
export interface SavedData extends LifecycleState {
  /** What happens when everything has stopped. */
  readonly shutdownType: ShutdownType;
  /** The longest time for a process to stop, in milliseconds; `undefined`: as in its description. */
  readonly stopLimit: number | undefined;
  readonly variables: Variables;
  /** Compares the saved state with what is there now. Only a restored engine loads this code. */
  resume(context: ResumeContext): void;
}

/** What the comparison is given. */
export interface ResumeContext {
  readonly variables: Variables;
  readonly graph: ServiceGraph;
  readonly lifecycle: Lifecycle;
  readonly launcher: Launcher;
  readonly events: ProcessEvents;
  readonly host: ProcessHost;
  readonly clock: Clock;
  readonly environment: EnvironmentPort;
  isShuttingDown(): boolean;
}
