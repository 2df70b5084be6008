/**
 * What `process` and `bgprocess` services do: one lasting process, restarted or recovered as configured.
 * Lifecycle specification 8.6, 8.8, 8.9 and 8.11.
 */

import {
  errnoText,
  type ExitStatus,
  ServiceState,
  ServiceType,
  Signal,
  StopReason,
} from "../../model/mod.ts";
import type { Launcher } from "./launcher.ts";
import type { PidFileOutcome } from "../ports.ts";
import { type EventTable, howEnded, IGNORE, IMPOSSIBLE, isClean, row } from "./process_events.ts";
import { ProcessBackedService } from "./process_backed.ts";
import { isAlive, type ServiceRecord } from "../graph/record.ts";

const { STARTED, STOPPING } = ServiceState;

/** Both types; they differ in what the end of the first process means. */
export class ProcessService extends ProcessBackedService {
  override readonly events: EventTable;

  constructor(launcher: Launcher) {
    super(launcher);
    const recoveryFailed = (service: ServiceRecord) => this.#giveUpRecovery(service);
    this.events = {
      //                   STOPPED     STARTING   STARTED (recovering)   STOPPING
      execSucceeded: row(
        IMPOSSIBLE,
        (service) => this.#executed(service),
        (service) => this.#executed(service),
        (service) => this.#executed(service),
      ),
      execFailed: row(
        IMPOSSIBLE,
        (service) => this.#notExecuted(service),
        recoveryFailed,
        (service) => this.#endStop(service),
      ),
      exited: row(
        IMPOSSIBLE,
        (service) => this.#endedWhileStarting(service),
        (service) => this.#endedWhileStarted(service),
        (service) => this.#endedWhileStopping(service),
      ),
      ready: row(
        IGNORE,
        (service) => this.#ready(service),
        (service) => this.#ready(service),
        (service) => void (service.process.awaitingReadiness = false),
      ),
      readinessClosed: row(
        IGNORE,
        (service) => this.#notReady(service),
        (service) => this.#notReady(service),
        IGNORE,
      ),
      restartDelayOver: row(
        IMPOSSIBLE,
        (service) => this.launcher.relaunch(service),
        (service) => this.launcher.relaunch(service),
        IGNORE, // a recovery that a stop overtook; it goes on if the stop is called off
      ),
      startTimedOut: row(
        IMPOSSIBLE,
        (service) => this.timeOutStart(service),
        (service) => {
          this.logOverdueStart(service);
          this.#giveUpRecovery(service);
        },
        (service) => this.launcher.killHard(service), // a recovery that a stop overtook
      ),
      stopTimedOut: row(IMPOSSIBLE, IMPOSSIBLE, IMPOSSIBLE, (service) => this.launcher.killHard(service)),
    };
  }

  get #lifecycle() {
    return this.launcher.lifecycle;
  }

  /** Asks the process to end, by the stop command or the term signal (8.8). */
  override bringDown(service: ServiceRecord): void {
    const { process, description } = service;
    if (isAlive(process.stop) || process.main.execPending) return;
    if (process.main.pid === undefined) {
      this.#lifecycle.markStopped(service);
      return;
    }
    if (process.stopIssued) return;
    if (description.stopCommand.length > 0) {
      const launched = this.launcher.launchStopCommand(service, "stop");
      if (!launched) this.launcher.signalGroup(service, description.termSignal || Signal.KILL);
    } else if (description.termSignal !== 0) {
      this.launcher.signalGroup(service, description.termSignal);
    }
    if (!isAlive(process.stop) && !process.tracked) {
      this.#lifecycle.markStopped(service); // nobody will tell when a foreign process ends
      return;
    }
    process.stopIssued = true;
    this.launcher.armTimer(service, "stop-timeout", description.stopTimeout);
  }

  /** The stop command ended, or (`undefined`) could not be executed. */
  stopCommandEnded(service: ServiceRecord, exit: ExitStatus | undefined): void {
    const { process } = service;
    if (exit !== undefined && !isClean(exit)) {
      const how = howEnded(exit, "terminated");
      this.launcher.log.message("error", `Service ${service.name} stop command ${how}`);
    }
    const mainRuns = isAlive(process.main);
    if (exit === undefined && mainRuns) this.launcher.signalGroup(service, service.description.termSignal);
    if (service.state === STOPPING && !(mainRuns && process.tracked)) this.#lifecycle.markStopped(service);
  }

  // ---- The launch --------------------------------------------------------------------------------------------

  #executed(service: ServiceRecord): void {
    const { process } = service;
    process.tracked = true;
    if (service.type === ServiceType.BGPROCESS) {
      // The launcher's end will tell; only a recovery that is being stopped is not waited for.
      if (service.state === STOPPING && process.recovering) this.#lifecycle.bringDownIfClear(service);
    } else if (service.state === STOPPING) {
      this.#lifecycle.bringDownIfClear(service);
    } else if (!process.awaitingReadiness) {
      this.#cameUp(service);
    }
  }

  #notExecuted(service: ServiceRecord): void {
    service.reason = StopReason.EXECFAILED;
    this.#lifecycle.setState(service, STOPPING);
    this.#lifecycle.failStart(service);
  }

  #ready(service: ServiceRecord): void {
    if (!service.process.awaitingReadiness) return;
    service.process.awaitingReadiness = false;
    this.#cameUp(service);
  }

  /** The service is up, or its recovery is complete. */
  #cameUp(service: ServiceRecord): void {
    this.launcher.cancelTimer(service);
    service.process.recovering = false;
    if (service.state !== STARTED) this.#lifecycle.markStarted(service);
  }

  /** The readiness descriptor was closed without a word. */
  #notReady(service: ServiceRecord): void {
    if (!service.process.awaitingReadiness) return;
    if (service.state === STARTED) {
      this.#giveUpRecovery(service);
      return;
    }
    service.process.awaitingReadiness = false;
    this.launcher.cancelTimer(service);
    this.#lifecycle.setState(service, STOPPING);
    this.#lifecycle.failStart(service, { finish: false });
    this.#lifecycle.bringDownIfClear(service);
  }

  // ---- The end of the process --------------------------------------------------------------------------------

  #endedWhileStarting(service: ServiceRecord): void {
    const { exit } = service.process;
    if (service.type === ServiceType.BGPROCESS && isClean(exit)) {
      const outcome = this.#adopt(service);
      if (outcome === "running" || outcome === "ended") {
        this.#cameUp(service);
        if (outcome === "ended") this.#lostProcess(service);
        return;
      }
    } else {
      this.#logEnd(service);
    }
    service.reason = StopReason.FAILED;
    this.#lifecycle.failStart(service);
  }

  #endedWhileStarted(service: ServiceRecord): void {
    if (!service.process.launching) {
      this.#logEnd(service);
      this.#lostProcess(service);
      return;
    }
    // A bgprocess's launcher has ended during recovery.
    const outcome = isClean(service.process.exit) ? this.#adopt(service) : "failed";
    if (outcome === "running") {
      this.#cameUp(service);
    } else if (outcome === "ended") {
      this.#lostProcess(service);
    } else {
      if (outcome === "failed") this.#logEnd(service);
      this.#giveUpRecovery(service);
    }
  }

  #endedWhileStopping(service: ServiceRecord): void {
    const { process } = service;
    const launched = process.launching && process.recovering && isClean(process.exit);
    if (launched && this.#adopt(service) === "running") {
      process.stopIssued = false; // what was asked to end was the launcher
      this.#lifecycle.bringDownIfClear(service);
      return;
    }
    if (!service.waitDeps) {
      this.#endStop(service);
      return;
    }
    service.brought = "down";
    if (!launched && service.target === STARTED && !service.pinStop) {
      this.#lifecycle.restartWithoutWaiting(service);
    } else if (!service.force) {
      this.#lifecycle.forceStop(service); // what its dependents need is gone: their stops cannot be called off
    }
  }

  /** The process is gone; the stop is complete unless dependents or the stop command still have to end. */
  #endStop(service: ServiceRecord): void {
    if (!isAlive(service.process.stop)) this.#lifecycle.bringDownIfClear(service);
  }

  /** The process of a started service has ended by itself: recovers, restarts or stops (8.8, 8.9). */
  #lostProcess(service: ServiceRecord): void {
    const { process } = service;
    const recovers = service.description.smoothRecovery && service.state === STARTED &&
      service.target === STARTED && !service.force;
    if (recovers && this.launcher.restartAllowed(service)) {
      process.recovering = true;
      this.launcher.relaunchAfterDelay(service);
      return;
    }
    process.recovering = false;
    service.brought = "down";
    service.reason = StopReason.TERMINATED;
    service.force = true;
    this.#lifecycle.beginStop(service);
    this.#lifecycle.drain();
    // Dependents that take their time to stop do not delay the new process.
    if (service.state === STOPPING && service.target === STARTED && !service.pinStop) {
      this.#lifecycle.restartWithoutWaiting(service);
    }
  }

  /** A recovery failed: the service and its hard dependents stop, and none of them restarts. */
  #giveUpRecovery(service: ServiceRecord): void {
    service.process.awaitingReadiness = false;
    service.process.recovering = false;
    this.launcher.cancelTimer(service);
    service.reason = StopReason.TERMINATED;
    this.launcher.log.trouble?.(service, "gave-up");
    this.#lifecycle.finalStop(service);
  }

  /** Takes over the process that the pid file names (8.11). */
  #adopt(service: ServiceRecord): PidFileOutcome["kind"] {
    const { process } = service;
    const outcome = this.launcher.host.adoptFromPidFile(service);
    process.launching = false;
    switch (outcome.kind) {
      case "running":
        process.main.pid = outcome.pid;
        process.tracked = outcome.child;
        if (!outcome.child) {
          const text = `${service.name}: unable to supervise process with pid ${outcome.pid}`;
          this.launcher.log.message("warn", text);
        }
        break;
      case "ended":
        process.exit = outcome.exit;
        break;
      case "invalid": {
        const text = `${service.name}: pid read from pidfile (${outcome.pid}) is not valid`;
        this.launcher.log.message("error", text);
        if (outcome.exit !== undefined) {
          process.exit = outcome.exit;
          this.#logEnd(service);
        }
        break;
      }
      case "unreadable": {
        const step = outcome.step === "open" ? "read pid file:" : "could not read from pidfile;";
        this.launcher.log.message("error", `${service.name}: ${step} ${errnoText(outcome.errno)}`);
      }
    }
    return outcome.kind;
  }

  #logEnd(service: ServiceRecord): void {
    const { exit } = service.process;
    if (isClean(exit)) return;
    const how = exit.code === 1 ? `process ${howEnded(exit, "terminated")}` : howEnded(exit, "terminated");
    this.launcher.log.message("error", `Service ${service.name} ${how}`);
    this.launcher.log.trouble?.(service, "ended");
  }
}
