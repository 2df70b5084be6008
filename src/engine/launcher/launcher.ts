/**
 * Processes from launch to end, as the engine sees them: launching and relaunching, the single timer of a service,
 * signals, and how a process that took too long is ended. Which event leads to what is in `process_service.ts` and
 * `scripted_service.ts`. Lifecycle specification 8.2 to 8.7.
 */

import {
  type EnvironmentOverlay,
  errnoOf,
  errnoText,
  type LaunchFailure,
  LaunchStage,
  ServiceState,
  ServiceType,
  Signal,
  StopReason,
} from "../../model/mod.ts";
import { launchPlan, type LaunchRequest, type ProcessRole } from "./launch_plan.ts";
import type { Lifecycle } from "../lifecycle/lifecycle.ts";
import type { Clock, EngineLog, LaunchRefusal, ProcessHost } from "../ports.ts";
import * as policy from "./restart_policy.ts";
import { isAlive, noChild, type ServiceRecord, type TimerReason } from "../graph/record.ts";

const { STARTING, STOPPING } = ServiceState;

/** What the launcher needs around it. */
export interface LauncherContext {
  readonly lifecycle: Lifecycle;
  readonly host: ProcessHost;
  readonly clock: Clock;
  readonly log: EngineLog;
  /** The environment of a process: an overlay over the daemon's environment as it is now (8.6). */
  composeEnvironment(overlay: EnvironmentOverlay): ReadonlyMap<string, string>;
}

/** Launches and ends the processes of services. */
export class Launcher {
  readonly lifecycle: Lifecycle;
  readonly host: ProcessHost;
  readonly log: EngineLog;
  /** The longest time that a process is given to stop, in milliseconds; `undefined`: as its description says. */
  stopLimit: number | undefined;
  readonly #clock: Clock;
  readonly #context: LauncherContext;

  constructor(context: LauncherContext) {
    this.#context = context;
    this.lifecycle = context.lifecycle;
    this.host = context.host;
    this.log = context.log;
    this.#clock = context.clock;
  }

  // ---- Launching ---------------------------------------------------------------------------------------------

  /** Begins to bring a process-backed service up (8.3). False: its process could not be launched. */
  bringUp(service: ServiceRecord): boolean {
    const { process, description } = service;
    if (description.socketPath !== "") {
      const refusal = this.#ask(() => this.host.openActivationSocket(service));
      if (refusal !== undefined) {
        service.reason = StopReason.EXECFAILED;
        return this.#refused(service, refusal);
      }
    }
    if (service.autoRestarting) {
      this.relaunchAfterDelay(service);
      return true;
    }
    process.limitCount = 0;
    const launched = this.#launchCommand(service);
    process.limitStart = this.#clock.now();
    return launched;
  }

  /** Launches the command again, once the restart delay has passed since the last launch. */
  relaunchAfterDelay(service: ServiceRecord): void {
    const { lastLaunch } = service.process;
    const delay = service.type === ServiceType.SCRIPTED ? 0 : service.description.restartDelay;
    const due = lastLaunch === undefined ? 0 : lastLaunch + delay;
    if (this.#clock.now() >= due) this.relaunch(service);
    else this.#setTimer(service, "restart-delay", due);
  }

  /** Launches the command of a service that restarts or recovers by itself. */
  relaunch(service: ServiceRecord): void {
    service.restarts += 1;
    if (this.#launchCommand(service)) return;
    if (service.state === STARTING) {
      this.lifecycle.failStart(service);
      return;
    }
    service.process.recovering = false;
    service.reason = StopReason.TERMINATED;
    this.lifecycle.finalStop(service);
  }

  #launchCommand(service: ServiceRecord): boolean {
    const { description, process } = service;
    const notifies = description.readyFd !== undefined || description.readyVariable !== undefined;
    const readiness = service.type === ServiceType.PROCESS && notifies;
    process.launching = service.type === ServiceType.BGPROCESS;
    process.awaitingReadiness = readiness;
    const launched = this.#launch(service, {
      role: "main",
      command: description.command,
      mayUseConsole: true,
      readiness,
    });
    if (launched) this.armTimer(service, "start-timeout", description.startTimeout);
    else service.reason = StopReason.EXECFAILED;
    return launched;
  }

  /** Launches the stop command; `role` is `main` for scripted services, which have one process at a time. */
  launchStopCommand(service: ServiceRecord, role: ProcessRole): boolean {
    const command = service.description.stopCommand;
    return this.#launch(service, { role, command, mayUseConsole: false, readiness: false });
  }

  #launch(service: ServiceRecord, request: LaunchRequest): boolean {
    const { process } = service;
    if (request.role === "main") process.lastLaunch = this.#clock.now();
    const compose = (overlay: EnvironmentOverlay) => this.#context.composeEnvironment(overlay);
    const result = this.#ask(() => this.host.launch(launchPlan(service, request, compose)));
    if ("error" in result) return this.#refused(service, result);
    const child = process[request.role];
    child.pid = result.pid;
    child.execPending = true;
    child.ended = undefined;
    return true;
  }

  /** A host that fails in an unforeseen way must not leave the engine in the middle of something. */
  #ask<Result>(launch: () => Result): Result | LaunchRefusal {
    try {
      return launch();
    } catch (error) {
      const text = `can't launch process; internal error: ${error}`;
      return { stage: LaunchStage.EXECUTE, errno: errnoOf(error), error: text };
    }
  }

  /** A launch failed before there was a process. */
  #refused(service: ServiceRecord, refusal: LaunchRefusal): false {
    this.log.message("error", refusal.message ?? `${service.name}: ${refusal.error}`);
    this.noteFailure(service, refusal, refusal.error);
    return false;
  }

  /**
   * Keeps for the status where and why a launch failed. Every launch that fails comes here. `text`: the reason in
   * words, where these say more.
   */
  noteFailure(service: ServiceRecord, { stage, errno }: LaunchFailure, text?: string): void {
    const { process } = service;
    process.launchStage = stage;
    process.launchErrno = errno;
    process.launchText = text;
  }

  // ---- The timer ---------------------------------------------------------------------------------------------

  /** Arms the timer, in milliseconds from now; 0 means that there is no such limit. */
  armTimer(service: ServiceRecord, reason: TimerReason, delay: number): void {
    const limit = reason === "stop-timeout" ? this.stopLimit : undefined;
    const wait = limit === undefined || (delay > 0 && delay < limit) ? delay : limit;
    if (wait === 0) this.cancelTimer(service);
    else this.#setTimer(service, reason, this.#clock.now() + wait);
  }

  #setTimer(service: ServiceRecord, reason: TimerReason, at: number): void {
    service.process.timer = { reason, at };
    this.#clock.setTimer(service.id, at);
  }

  /** Turns the timer off. */
  cancelTimer(service: ServiceRecord): void {
    if (service.process.timer === undefined) return;
    service.process.timer = undefined;
    this.#clock.clearTimer(service.id);
  }

  // ---- Ending ------------------------------------------------------------------------------------------------

  /** Whether a start under way can be interrupted (8.7). */
  canInterruptStart(service: ServiceRecord): boolean {
    return service.process.timer?.reason === "restart-delay" || service.description.flags.startInterruptible;
  }

  /** Interrupts a start with SIGINT, or ends the wait for the restart delay (8.7). */
  interruptStart(service: ServiceRecord): boolean {
    const { process } = service;
    if (process.timer?.reason === "restart-delay") {
      this.cancelTimer(service);
      return true;
    }
    process.interrupting = service.type === ServiceType.SCRIPTED;
    const { pid } = process.main;
    if (pid !== undefined) {
      this.log.message(
        "warn",
        `Interrupting start of service ${service.name} with pid ${pid} (with SIGINT).`,
      );
      this.signalGroup(service, Signal.INT);
    }
    this.armTimer(service, "stop-timeout", service.description.stopTimeout);
    this.lifecycle.setState(service, STOPPING);
    return false;
  }

  /** Signals the main process, with its group unless `signal-process-only` is set. Never without a process. */
  signalGroup(service: ServiceRecord, signal: number): void {
    if (service.process.main.pid === undefined) return;
    this.#signal(service, "main", signal, !service.description.flags.signalProcessOnly);
  }

  /** Sends a signal. A process that has just ended needs none; any other reason not to send it is logged. */
  #signal(service: ServiceRecord, role: ProcessRole, signal: number, group: boolean): void {
    const outcome = this.host.signal(service.id, role, signal, group);
    if (outcome === "sent" || outcome === "no-process") return;
    const reason = outcome === "bad-signal" ? "the host cannot send it" : errnoText(outcome.errno);
    const target = `process ${service.process[role].pid} of service ${service.name}`;
    this.log.message("error", `Error sending signal ${signal} to ${target}: ${reason}`);
  }

  /** The stop took too long: kills what is left (8.7). */
  killHard(service: ServiceRecord): void {
    const { main, stop } = service.process;
    const overdue = (what: string) =>
      this.log.message("warn", `Service ${service.name} ${what} exceeded allowed stop time; killing.`);
    if (main.pid !== undefined) {
      overdue(`with pid ${main.pid}`);
      this.signalGroup(service, Signal.KILL);
    }
    if (stop.pid !== undefined) {
      overdue(`stop command, with pid ${stop.pid},`);
      this.#signal(service, "stop", Signal.KILL, true);
    }
  }

  /** Asks the restart limiter for one more automatic restart (8.10). */
  restartAllowed(service: ServiceRecord): boolean {
    return policy.restartAllowed(service, this.#clock.now(), () => {
      this.log.message("error", `Service ${service.name} restarting too quickly; stopping.`);
      this.log.trouble?.(service, "restart-limit");
    });
  }

  /** The service is STOPPED: nothing of its processes is left to be minded. */
  stopped(service: ServiceRecord, restarts: boolean): void {
    const { process } = service;
    this.cancelTimer(service);
    process.main = noChild();
    process.stop = noChild();
    process.tracked = false;
    process.launching = false;
    process.stopIssued = false;
    process.recovering = false;
    process.interrupting = false;
    process.awaitingReadiness = false;
    if (!restarts) this.host.serviceInactive(service);
  }

  /** A stop was called off: a recovery that it overtook goes on, or has come to its end meanwhile. */
  resumed(service: ServiceRecord): void {
    const { process } = service;
    if (!process.recovering) return;
    if (!isAlive(process.main)) {
      if (process.timer === undefined) this.relaunchAfterDelay(service);
    } else if (!process.main.execPending && !process.launching && !process.awaitingReadiness) {
      this.cancelTimer(service);
      process.recovering = false;
    }
  }
}
