/**
 * What `scripted` services do: a start command and a stop command, which are done when they have ended.
 * Lifecycle specification 8.12.
 */

import { Signal, StopReason } from "../../model/mod.ts";
import type { Launcher } from "./launcher.ts";
import { type EventTable, howEnded, IGNORE, IMPOSSIBLE, isClean, row } from "./process_events.ts";
import { ProcessBackedService } from "./process_backed.ts";
import { isAlive, type ServiceRecord } from "../graph/record.ts";

/** Scripted services. Start and stop command are the main process one after the other. */
export class ScriptedService extends ProcessBackedService {
  override readonly events: EventTable;

  constructor(launcher: Launcher) {
    super(launcher);
    this.events = {
      //                     STOPPED     STARTING   STARTED     STOPPING
      execSucceeded: row(IMPOSSIBLE, IGNORE, IMPOSSIBLE, IGNORE),
      execFailed: row(
        IMPOSSIBLE,
        (service) => {
          service.reason = StopReason.EXECFAILED;
          launcher.lifecycle.failStart(service);
        },
        IMPOSSIBLE,
        (service) => launcher.lifecycle.markStopped(service),
      ),
      exited: row(
        IMPOSSIBLE,
        (service) => this.#startCommandEnded(service),
        IMPOSSIBLE,
        (service) => this.#endedWhileStopping(service),
      ),
      ready: row(IGNORE, IGNORE, IGNORE, IGNORE),
      readinessClosed: row(IGNORE, IGNORE, IGNORE, IGNORE),
      restartDelayOver: row(IMPOSSIBLE, (service) => launcher.relaunch(service), IMPOSSIBLE, IMPOSSIBLE),
      startTimedOut: row(IMPOSSIBLE, (service) => this.timeOutStart(service), IMPOSSIBLE, IMPOSSIBLE),
      stopTimedOut: row(IMPOSSIBLE, IMPOSSIBLE, IMPOSSIBLE, (service) => launcher.killHard(service)),
    };
  }

  /** Runs the stop command, also when the start command never ran. */
  override bringDown(service: ServiceRecord): void {
    if (isAlive(service.process.main)) return;
    const { stopCommand, stopTimeout } = service.description;
    if (stopCommand.length > 0 && this.launcher.launchStopCommand(service, "main")) {
      this.launcher.armTimer(service, "stop-timeout", stopTimeout);
    } else {
      this.launcher.lifecycle.markStopped(service);
    }
  }

  #startCommandEnded(service: ServiceRecord): void {
    const { exit } = service.process;
    const { lifecycle, log } = this.launcher;
    const skipped = service.description.flags.skippable && exit.code === 2 && exit.status === Signal.INT;
    if (isClean(exit) || skipped) {
      service.skipped = skipped;
      lifecycle.markStarted(service);
      return;
    }
    log.message("error", `Service ${service.name} command ${howEnded(exit, "failed")}`);
    service.reason = StopReason.FAILED;
    lifecycle.failStart(service);
  }

  #endedWhileStopping(service: ServiceRecord): void {
    const { process } = service;
    const { exit } = process;
    const { lifecycle, log } = this.launcher;
    if (!process.interrupting) {
      if (!isClean(exit)) {
        log.message("warn", `Service ${service.name} stop command ${howEnded(exit, "failed")}`);
      }
      lifecycle.markStopped(service);
      return;
    }
    process.interrupting = false;
    const failed = exit.code === 1 && exit.status !== 0;
    if (failed) log.message("info", `Service ${service.name} start cancelled; exit code ${exit.status}`);
    else if (exit.code !== 1) {
      log.message("info", `Service ${service.name} start cancelled from signal ${exit.status}`);
    }
    // A start command that failed has nothing to clean up; any other end may have left something.
    if (failed) lifecycle.markStopped(service);
    else lifecycle.bringDownIfClear(service);
  }
}
