/**
 * Processes from launch to exit, as the engine sees them: launch and relaunch, the single timer of a service, signals,
 * and the end of a process that took too long. `process_service.ts` and `scripted_service.ts` react to the events.
 * Lifecycle specification 8.2 to 8.7.
 */

import {
  type EnvironmentOverlay,
  errnoOf,
  type LaunchFailure,
  LaunchStage,
  processKind,
  ServiceState,
  Signal,
  StopReason,
} from "../../model/mod.ts";
import type { FactReporter } from "../facts.ts";
import { afterExecution, launchPlan, type LaunchRequest } from "./launch_plan.ts";
import type { Interruption } from "./behaviour.ts";
import type { Lifecycle } from "../lifecycle/lifecycle.ts";
import { launching, type LaunchStep, launchStep, PHASE, withStep } from "../lifecycle/phase.ts";
import type { Clock, LaunchRefusal, ProcessHost } from "../ports.ts";
import * as policy from "./restart_policy.ts";
import {
  childOf,
  endsRemains,
  ensureChild,
  noChild,
  type ProcessRole,
  type ServiceRecord,
  takesSignals,
  type TimerPurpose,
} from "../graph/record.ts";

const { STARTING } = ServiceState;

/** What the launcher is given. */
export interface LauncherContext {
  readonly lifecycle: Lifecycle;
  readonly host: ProcessHost;
  readonly clock: Clock;
  readonly reporter: FactReporter;
  /** The environment of a process: the daemon's current environment with an overlay (8.6). */
  composeEnvironment(overlay: EnvironmentOverlay): ReadonlyMap<string, string>;
}

/** Launches and ends the processes of services. */
export class Launcher {
  readonly lifecycle: Lifecycle;
  readonly host: ProcessHost;
  readonly reporter: FactReporter;
  /** The longest time for a process to stop, in milliseconds; `undefined`: as in its description. */
  stopLimit: number | undefined;
  readonly #clock: Clock;
  readonly #context: LauncherContext;

  constructor(context: LauncherContext) {
    this.#context = context;
    this.lifecycle = context.lifecycle;
    this.host = context.host;
    this.reporter = context.reporter;
    this.#clock = context.clock;
  }

  // ---- Launching ---------------------------------------------------------------------------------------------

  /** Begins to bring up a process-backed service (8.3). False: its process could not be launched. */
  bringUp(service: ServiceRecord): boolean {
    if (service.description.socketPath !== "") {
      const refusal = this.#ask(() => this.host.openActivationSocket(service));
      if (refusal !== undefined) {
        service.reason = StopReason.EXECFAILED;
        return this.#refused(service, "socket-failed", refusal);
      }
    }
    if (service.autoRestarting) {
      this.relaunchAfterDelay(service);
      return true;
    }
    policy.startAfresh(service);
    service.process.limitStart = this.#clock.now();
    return this.launchCommand(service);
  }

  /** Launches the command again, after the restart delay since the last launch. */
  relaunchAfterDelay(service: ServiceRecord): void {
    const wait = this.restartWait(service);
    if (wait <= 0) {
      this.relaunch(service);
      return;
    }
    this.#enterStep(service, PHASE.restartDelay);
    this.armTimer(service, "restart-delay", wait);
  }

  /** Launches the command for an automatic restart or a recovery. */
  relaunch(service: ServiceRecord): void {
    service.restarts += 1;
    if (this.launchCommand(service)) return;
    if (service.state === STARTING) this.lifecycle.failStart(service);
    else this.giveUpRecovery(service);
  }

  /** A recovery failed: the service and its hard dependents stop, and none of them restarts. */
  giveUpRecovery(service: ServiceRecord): void {
    this.lifecycle.enter(service, PHASE.up);
    this.cancelTimer(service);
    service.reason = StopReason.TERMINATED;
    service.gaveUp = "recovery-failed";
    this.reporter.report(service, { kind: "recovery-given-up" });
    this.lifecycle.finalStop(service);
  }

  #enterStep(service: ServiceRecord, step: LaunchStep): void {
    this.lifecycle.enter(service, withStep(service.phase, step));
  }

  /** Launches the command for a start or a recovery. False: this was refused, and reported. */
  launchCommand(service: ServiceRecord): boolean {
    const { description } = service;
    const then = afterExecution(service);
    const launched = this.#launch(service, {
      role: "main",
      command: description.command,
      mayUseConsole: true,
      readiness: then === "awaiting-readiness" && description.health.readyBy === "",
    });
    if (!launched) {
      service.reason = StopReason.EXECFAILED;
      return false;
    }
    this.#enterStep(service, launching(then));
    this.armTimer(service, "start-timeout", description.startTimeout);
    return true;
  }

  /** A process exists that was requested some time ago: its delays and limits of time begin only now. */
  launched(service: ServiceRecord, role: ProcessRole): void {
    const { process } = service;
    if (role === "main") process.lastLaunch = this.#clock.now();
    const purpose = process.timer?.purpose;
    if (purpose !== undefined && purpose !== "restart-delay") this.armLimit(service, purpose);
  }

  /** Sets the timer for a limit of time of the process. */
  armLimit(service: ServiceRecord, purpose: Exclude<TimerPurpose, "restart-delay">): void {
    const { startTimeout, stopTimeout, schedule } = service.description;
    const limits = {
      "start-timeout": startTimeout,
      "stop-timeout": stopTimeout,
      "run-limit": schedule.limit,
    };
    this.armTimer(service, purpose, limits[purpose]);
  }

  /** The program of the main process runs: enters the next step. */
  goOn(service: ServiceRecord): void {
    const step = launchStep(service.phase);
    if (step?.kind !== "launching") return;
    if (step.then === "up") this.cameUp(service);
    else this.#enterStep(service, { kind: step.then });
  }

  /** The service is up, or its recovery is complete. */
  cameUp(service: ServiceRecord): void {
    const { phase } = service;
    // The timer of a recovery that a stop has interrupted keeps running: see `resumed`.
    if (phase.kind !== "waiting-for-dependents") this.cancelTimer(service);
    if (service.state === STARTING) this.lifecycle.markStarted(service);
    else this.lifecycle.enter(service, withStep(phase, PHASE.up));
  }

  /** Launches the command of a scheduled service. False: this was refused, and reported. */
  launchRun(service: ServiceRecord): boolean {
    const { command } = service.description;
    return this.#launch(service, { role: "main", command, mayUseConsole: false, readiness: false });
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
    if ("error" in result) return this.#refused(service, "launch-failed", result);
    Object.assign(ensureChild(process, request.role), noChild(), { pid: result.pid, execPending: true });
    if (request.role === "main") process.remains = undefined;
    return true;
  }

  /** An unexpected error of the host must not leave the engine in an inconsistent state. */
  #ask<Result>(launch: () => Result): Result | LaunchRefusal {
    try {
      return launch();
    } catch (error) {
      const text = `can't launch process; internal error: ${error}`;
      return { stage: LaunchStage.EXECUTE, errno: errnoOf(error), error: text };
    }
  }

  /** A launch failed before there was a process. */
  #refused(service: ServiceRecord, kind: "socket-failed" | "launch-failed", refusal: LaunchRefusal): false {
    this.reporter.report(service, { kind, ...refusal });
    this.noteFailure(service, refusal, refusal.error);
    return false;
  }

  /**
   * Stores the stage and reason of a failed launch for the status. Every failed launch passes here. `text`: the reason
   * in words, if these say more.
   */
  noteFailure(service: ServiceRecord, { stage, errno }: LaunchFailure, text?: string): void {
    const { process } = service;
    process.launchStage = stage;
    process.launchErrno = errno;
    process.launchText = text;
  }

  /** The time by the engine's clock, in milliseconds. */
  now(): number {
    return this.#clock.now();
  }

  /** How long the restart delay since the last launch still lasts, in milliseconds; negative: it is over. */
  restartWait(service: ServiceRecord): number {
    const { lastLaunch } = service.process;
    return lastLaunch === undefined ? 0 : lastLaunch + policy.restartDelay(service) - this.now();
  }

  // ---- The timer ---------------------------------------------------------------------------------------------

  /** Sets the timer, in milliseconds from now; 0 means no limit. */
  armTimer(service: ServiceRecord, purpose: TimerPurpose, delay: number): void {
    const limit = purpose === "stop-timeout" ? this.stopLimit : undefined;
    const wait = limit === undefined || (delay > 0 && delay < limit) ? delay : limit;
    if (wait === 0) this.cancelTimer(service);
    else this.#setTimer(service, purpose, this.#clock.now() + wait);
  }

  /** Lets the timer expire this many milliseconds from now, unless it expires later; not during a hurry. */
  extendTimer(service: ServiceRecord, time: number): void {
    const { timer } = service.process;
    const at = this.#clock.now() + time;
    if (timer !== undefined && at > timer.at && this.stopLimit === undefined) {
      this.#setTimer(service, timer.purpose, at);
    }
  }

  #setTimer(service: ServiceRecord, purpose: TimerPurpose, at: number): void {
    if (service.process.timer?.purpose !== purpose) this.cancelTimer(service);
    service.process.timer = { purpose, at };
    this.#clock.setTimer(service.id, purpose, at);
  }

  /** Cancels the timer. */
  cancelTimer(service: ServiceRecord): void {
    const { timer } = service.process;
    if (timer === undefined) return;
    service.process.timer = undefined;
    this.#clock.clearTimer(service.id, timer.purpose);
  }

  // ---- Ending ------------------------------------------------------------------------------------------------

  /** Interrupts a start if its settings allow that, or ends the wait for the restart delay (8.7). */
  interruptStart(service: ServiceRecord): Interruption {
    if (service.phase.kind === "restart-delay") {
      this.cancelTimer(service);
      return "over";
    }
    if (!service.description.flags.startInterruptible) return "refused";
    this.#interrupt(service);
    return "under-way";
  }

  /** The start took too long: interrupts it; the service has failed (8.2). */
  timeOutStart(service: ServiceRecord): void {
    this.logOverdueStart(service);
    this.#interrupt(service);
    service.reason = StopReason.TIMEDOUT;
    this.lifecycle.failStart(service, { finish: false });
  }

  logOverdueStart(service: ServiceRecord): void {
    this.reporter.report(service, { kind: "start-overdue", pid: service.process.main.pid });
  }

  /** Interrupts a start with SIGINT. */
  #interrupt(service: ServiceRecord): void {
    const { main } = service.process;
    if (takesSignals(main)) {
      this.reporter.report(service, { kind: "start-interrupted", pid: main.pid });
      this.signalGroup(service, Signal.INT);
    }
    this.armTimer(service, "stop-timeout", service.description.stopTimeout);
    const isScripted = processKind(service.type) === "script";
    this.lifecycle.enter(service, isScripted ? PHASE.interruptingStartCommand : PHASE.interrupting);
  }

  /** Signals the main process, with its group unless `signal-process-only` is set. */
  signalGroup(service: ServiceRecord, signal: number): void {
    if (!takesSignals(service.process.main)) return;
    this.#signal(service, "main", signal, !service.description.flags.signalProcessOnly);
  }

  /** Sends a signal. It is no error if the process has just ended; any other failure is reported. */
  #signal(service: ServiceRecord, role: ProcessRole, signal: number, group: boolean): void {
    const outcome = this.host.signal(service.id, role, signal, group);
    if (outcome === "sent" || outcome === "no-process") return;
    const pid = childOf(service.process, role)?.pid;
    const errno = outcome === "bad-signal" ? undefined : outcome.errno;
    this.reporter.report(service, { kind: "signal-not-sent", role, pid, signal, errno });
  }

  /** The stop took too long: kills the remaining processes (8.7). */
  killHard(service: ServiceRecord): void {
    const { main, stop } = service.process;
    if (takesSignals(main)) {
      this.reporter.report(service, { kind: "stop-overdue", role: "main", pid: main.pid });
      this.signalGroup(service, Signal.KILL);
    }
    if (takesSignals(stop)) {
      this.reporter.report(service, { kind: "stop-overdue", role: "stop", pid: stop.pid });
      this.#signal(service, "stop", Signal.KILL, true);
    }
  }

  /** Asks the restart limiter for one more automatic restart (8.10). */
  restartAllowed(service: ServiceRecord): boolean {
    return policy.restartAllowed(service, this.#clock.now(), () => {
      this.reporter.report(service, { kind: "restart-limit-reached" });
    });
  }

  /** The service is STOPPED: clears everything about its processes. */
  stopped(service: ServiceRecord, restarts: boolean): void {
    this.cancelTimer(service);
    service.process.main = noChild();
    service.process.stop = noChild();
    service.process.remains = undefined;
    if (!restarts) this.host.serviceInactive(service);
  }

  /** A stop was cancelled: continues the recovery that the stop has interrupted, or completes it. */
  resumed(service: ServiceRecord): void {
    const { phase, process } = service;
    if (phase.kind === "up" && !endsRemains(process)) this.cancelTimer(service);
    else if (launchStep(phase)?.kind === "restart-delay" && process.timer === undefined) {
      this.relaunchAfterDelay(service);
    }
  }
}
