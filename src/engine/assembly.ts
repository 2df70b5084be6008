/** Puts the parts of an engine together. */

import type { ServiceEvent } from "../model/mod.ts";
import { Chaining } from "./graph/chaining.ts";
import { FactReporter } from "./facts.ts";
import type { ServiceGraph } from "./graph/graph.ts";
import type { Behaviour } from "./launcher/behaviour.ts";
import { behavioursByType } from "./launcher/behaviours.ts";
import { Launcher } from "./launcher/launcher.ts";
import { Lifecycle } from "./lifecycle/lifecycle.ts";
import { Loader } from "./graph/loading.ts";
import type { ManagerOptions } from "./manager_options.ts";
import { ProcessEvents } from "./launcher/process_events.ts";
import { Reactor } from "./lifecycle/reactions.ts";
import type { ServiceRecord } from "./graph/record.ts";

/** The parts of an engine. */
export interface AssembledEngine {
  readonly reporter: FactReporter;
  readonly lifecycle: Lifecycle;
  readonly launcher: Launcher;
  readonly reactor: Reactor;
  /** Receives the events of processes and timers. */
  readonly events: ProcessEvents;
  readonly loader: Loader;
  readonly chaining: Chaining;
}

/** What the parts are given by the engine as a whole. */
export interface EngineContext {
  readonly graph: ServiceGraph;
  isShuttingDown(): boolean;
  /** Notifies the listeners of a service. */
  emit(service: ServiceRecord, event: ServiceEvent): void;
}

/** Makes the parts of an engine. */
export function assemble(
  options: ManagerOptions,
  { graph, isShuttingDown, emit }: EngineContext,
): AssembledEngine {
  const { clock, console, host, environment, source } = options;
  const reporter = new FactReporter(clock, options.facts, emit);
  const behaviour = (service: ServiceRecord): Behaviour =>
    options.behaviour?.(service, lifecycle) ?? byType.get(service.type)!; // placeholders never start
  const lifecycle: Lifecycle = new Lifecycle({
    graph,
    clock,
    reporter,
    console,
    behaviour,
    react: (service, event) => reactor.react(service, event),
    startActions: (service) => {
      const { startsRwfs, startsLog } = service.description.flags;
      if (startsRwfs || startsLog) options.startActions?.(service);
    },
    completed: (service, restarts) => chaining.follow(service, restarts),
    killAll: (service) => host.killAll(service.id),
  });
  const composeEnvironment = environment.compose.bind(environment);
  const launcher = new Launcher({ lifecycle, host, clock, reporter, composeEnvironment });
  const byType = behavioursByType(launcher);
  const reactor = new Reactor(
    lifecycle.reactions(),
    (service) => behaviour(service).reactions ?? {},
    reporter,
  );
  const events = new ProcessEvents(launcher, reactor);
  const loader = new Loader({ source, host, graph, reporter });
  const chaining = new Chaining({
    reporter,
    isShuttingDown,
    load: (name) => loader.load(name),
    activate: (service) => lifecycle.activate(service),
  });
  return { reporter, lifecycle, launcher, reactor, events, loader, chaining };
}
