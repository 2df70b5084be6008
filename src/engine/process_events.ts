/**
 * The events of processes and timers: the bookkeeping that all types of services share, before the table of phases
 * says what the service does.
 */

import { errnoText, type ExitStatus, launchStageText } from "../model/mod.ts";
import type { Launcher } from "./launcher.ts";
import type { ProcessRole } from "./launch_plan.ts";
import type { Reactor } from "./reactions.ts";
import { howEnded, isClean } from "./exits.ts";
import { isAlive, noChild, type ServiceRecord } from "./service.ts";

const TIMER_EVENTS = {
  "restart-delay": "restart-delay-over",
  "start-timeout": "start-timed-out",
  "stop-timeout": "stop-timed-out",
} as const;

/** Where the events of hosts and clocks arrive. */
export class ProcessEvents {
  readonly #launcher: Launcher;
  readonly #reactor: Reactor;

  constructor(launcher: Launcher, reactor: Reactor) {
    this.#launcher = launcher;
    this.#reactor = reactor;
  }

  /** A process runs its program; an end that was seen before is interpreted now. */
  execSucceeded(service: ServiceRecord, role: ProcessRole): void {
    service.process[role].execPending = false;
    if (role === "main") this.#reactor.react(service, "executed");
    const child = service.process[role]; // a new one if the service has been brought down by now
    const { ended } = child;
    if (ended === undefined) return;
    child.ended = undefined;
    this.#ended(service, role, ended);
  }

  /** A process could not run its program; there is no process. */
  execFailed(service: ServiceRecord, role: ProcessRole, stage: number, errno: number): void {
    const { process } = service;
    const { log } = this.#launcher;
    const failure = `${launchStageText(stage)}: ${errnoText(errno)}`;
    process[role] = noChild();
    if (role === "stop") {
      log.message("error", `Service ${service.name}: could not fork for stop command: ${failure}`);
      this.#reactor.react(service, "stop-command-failed");
      return;
    }
    process.launchStage = stage;
    process.launchErrno = errno;
    log.message("error", `${service.name}: execution failed - ${failure}`);
    this.#launcher.cancelTimer(service);
    this.#reactor.react(service, "execution-failed");
  }

  /** A process ended. While its execution is not known of, that is only noted. */
  exited(service: ServiceRecord, role: ProcessRole, exit: ExitStatus): void {
    const child = service.process[role];
    child.pid = undefined;
    child.foreign = false;
    if (!child.execPending) {
      this.#ended(service, role, exit);
      return;
    }
    child.ended = exit;
    if (role === "stop") return;
    service.process.exit = exit;
    this.#cancelStartStopTimer(service);
  }

  #ended(service: ServiceRecord, role: ProcessRole, exit: ExitStatus): void {
    if (role === "main") {
      service.process.exit = exit;
      this.#cancelStartStopTimer(service);
      this.#reactor.react(service, "exited");
      return;
    }
    if (!isClean(exit)) {
      const text = `Service ${service.name} stop command ${howEnded(exit, "terminated")}`;
      this.#launcher.log.message("error", text);
    }
    this.#reactor.react(service, "stop-command-ended");
  }

  /** The end of the process ends the wait for it, unless a stop command still has to end in time. */
  #cancelStartStopTimer(service: ServiceRecord): void {
    const { timer, stop } = service.process;
    if (timer !== undefined && timer.reason !== "restart-delay" && !isAlive(stop)) {
      this.#launcher.cancelTimer(service);
    }
  }

  /** The timer of the service expired. */
  timerExpired(service: ServiceRecord): void {
    const { timer } = service.process;
    if (timer === undefined) return; // it was turned off while its expiry was on the way
    service.process.timer = undefined;
    this.#reactor.react(service, TIMER_EVENTS[timer.reason]);
  }
}
