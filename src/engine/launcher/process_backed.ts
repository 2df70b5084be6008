/** What all services with processes have in common: how they are launched, interrupted and restarted (8.2 to 8.10). */

import { StopReason } from "../../model/mod.ts";
import type { Launcher } from "./launcher.ts";
import type { EventTable, ProcessBehaviour } from "./process_events.ts";
import { wantsRestart } from "./restart_policy.ts";
import type { ServiceRecord } from "../graph/record.ts";

/** The part of a behaviour that the launcher carries out for every type. */
export abstract class ProcessBackedService implements ProcessBehaviour {
  abstract readonly events: EventTable;
  protected readonly launcher: Launcher;

  constructor(launcher: Launcher) {
    this.launcher = launcher;
  }

  abstract bringDown(service: ServiceRecord): void;

  bringUp(service: ServiceRecord): boolean {
    return this.launcher.bringUp(service);
  }

  canInterruptStart(service: ServiceRecord): boolean {
    return this.launcher.canInterruptStart(service);
  }

  interruptStart(service: ServiceRecord): boolean {
    return this.launcher.interruptStart(service);
  }

  wantsRestart(service: ServiceRecord): boolean {
    return wantsRestart(service);
  }

  restartAllowed(service: ServiceRecord): boolean {
    return this.launcher.restartAllowed(service);
  }

  resumed(service: ServiceRecord): void {
    this.launcher.resumed(service);
  }

  stopped(service: ServiceRecord, restarts: boolean): void {
    this.launcher.stopped(service, restarts);
  }

  /** The start took too long: interrupts it; the service has failed (8.2). */
  protected timeOutStart(service: ServiceRecord): void {
    this.logOverdueStart(service);
    this.launcher.interruptStart(service);
    service.reason = StopReason.TIMEDOUT;
    this.launcher.lifecycle.failStart(service, { finish: false });
  }

  protected logOverdueStart(service: ServiceRecord): void {
    const { pid } = service.process.main;
    const text = `Service ${service.name} with pid ${pid ?? -1} exceeded allowed start time; cancelling.`;
    this.launcher.log.message("warn", text);
  }
}
