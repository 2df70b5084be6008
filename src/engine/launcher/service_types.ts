import { ServiceType } from "../../model/mod.ts";
import type { Behaviour } from "./behaviour.ts";
import { Launcher, type LauncherContext } from "./launcher.ts";
import { type ProcessBehaviour, ProcessEvents } from "./process_events.ts";
import { ProcessService } from "./process_service.ts";
import { ScriptedService } from "./scripted_service.ts";
import type { ServiceRecord } from "../graph/record.ts";
import { InternalService, TriggeredService } from "./simple_services.ts";

/** What the types of services do, by type. */
export class ServiceTypes {
  readonly launcher: Launcher;
  /** Where the events of processes go. */
  readonly events: ProcessEvents;
  readonly #behaviours: ReadonlyMap<ServiceType, Behaviour>;

  constructor(context: LauncherContext) {
    const launcher = new Launcher(context);
    this.launcher = launcher;
    const lasting = new ProcessService(launcher);
    const processBehaviours = new Map<ServiceType, ProcessBehaviour>([
      [ServiceType.PROCESS, lasting],
      [ServiceType.BGPROCESS, lasting],
      [ServiceType.SCRIPTED, new ScriptedService(launcher)],
    ]);
    this.#behaviours = new Map<ServiceType, Behaviour>([
      ...processBehaviours,
      [ServiceType.INTERNAL, new InternalService(context.lifecycle)],
      [ServiceType.TRIGGERED, new TriggeredService(context.lifecycle)],
    ]);
    this.events = new ProcessEvents(launcher, (service) => processBehaviours.get(service.type), {
      ended: (service, exit) => lasting.stopCommandEnded(service, exit),
    });
  }

  /** How a service comes up and goes down. */
  behaviour(service: ServiceRecord): Behaviour {
    return this.#behaviours.get(service.type)!;
  }
}
