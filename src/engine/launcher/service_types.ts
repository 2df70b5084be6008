import { ServiceType } from "../../model/mod.ts";
import type { Behaviour } from "./behaviour.ts";
import { Launcher, type LauncherContext } from "./launcher.ts";
import type { ProcessReaction } from "../lifecycle/phase_table.ts";
import { ProcessService } from "./process_service.ts";
import type { Reactions } from "../lifecycle/reactions.ts";
import { ScriptedService } from "./scripted_service.ts";
import type { ServiceRecord } from "../graph/record.ts";
import { InternalService, TriggeredService } from "./simple_services.ts";

/** The behaviour of each service type. */
export class ServiceTypes {
  readonly launcher: Launcher;
  readonly #lasting: ProcessService;
  readonly #scripted: ScriptedService;
  readonly #behaviours: ReadonlyMap<ServiceType, Behaviour>;

  constructor(context: LauncherContext) {
    this.launcher = new Launcher(context);
    this.#lasting = new ProcessService(this.launcher);
    this.#scripted = new ScriptedService(this.launcher);
    this.#behaviours = new Map<ServiceType, Behaviour>([
      [ServiceType.PROCESS, this.#lasting],
      [ServiceType.BGPROCESS, this.#lasting],
      [ServiceType.SCRIPTED, this.#scripted],
      [ServiceType.INTERNAL, new InternalService(context.lifecycle)],
      [ServiceType.TRIGGERED, new TriggeredService(context.lifecycle)],
    ]);
  }

  /** How to start and stop a service. */
  behaviour(service: ServiceRecord): Behaviour {
    return this.#behaviours.get(service.type)!; // placeholders never start
  }

  /** The reactions of services with processes to events: their part of `phase_table.ts`. */
  reactions(): Reactions<ProcessReaction> {
    const launcher = this.launcher;
    const lasting = this.#lasting;
    const scripted = this.#scripted;
    return {
      "go on": (service) => launcher.goOn(service),
      "be ready": (service) => lasting.beReady(service),
      "fail: not ready": (service) => lasting.beNotReady(service),
      "fail: not executed": (service) =>
        service.type === ServiceType.SCRIPTED ? scripted.notExecuted(service) : lasting.notExecuted(service),
      "fail: ended too early": (service) => lasting.endedTooEarly(service),
      "adopt the daemon": (service) => lasting.adoptDaemon(service),
      "end the start command": (service) => scripted.startCommandEnded(service),
      "relaunch": (service) => launcher.relaunch(service),
      "interrupt the slow start": (service) => launcher.timeOutStart(service),
      "restart, recover or stop": (service) => lasting.ended(service),
      "adopt, or recover again": (service) => lasting.endedDuringRecovery(service),
      "give the recovery up": (service) => launcher.giveUpRecovery(service),
      "give the slow recovery up": (service) => lasting.recoveryTimedOut(service),
      "lose the process early": (service) => lasting.endedWhileWaiting(service),
      "recover when wanted again": (service) => lasting.recoverLater(service),
      "ask to stop": (service) => lasting.askToStop(service),
      "end the stop": (service) => lasting.endStop(service),
      "run the stop command unless it failed": (service) => scripted.interruptedCommandEnded(service),
      "end the stop command": (service) => scripted.stopCommandEnded(service),
      "be stopped": (service) => launcher.lifecycle.markStopped(service),
      "be stopped if nothing runs": (service) => lasting.stopCommandEnded(service),
      "signal instead": (service) => lasting.signalInstead(service),
      "kill": (service) => launcher.killHard(service),
    };
  }
}
