/**
 * The behaviour of `process` and `bgprocess` services: one lasting process, restarted or recovered as configured.
 * Lifecycle specification 8.6, 8.8, 8.9 and 8.11.
 */

import { isClean, processKind, ServiceState, Signal, StopReason } from "../../model/mod.ts";
import type { Behaviour, Interruption } from "./behaviour.ts";
import { commonReactions } from "./common_reactions.ts";
import type { Launcher } from "./launcher.ts";
import type { ProcessReaction } from "../lifecycle/phase_table.ts";
import { launchReplacement, replaceProcess } from "./replacement.ts";
import type { Reactions } from "../lifecycle/reactions.ts";
import { awaitsReadiness, isLauncher, launchStep, PHASE, waitingForDependents } from "../lifecycle/phase.ts";
import type { PidFileOutcome } from "../ports.ts";
import { wantsRestart } from "./restart_policy.ts";
import { endsRemains, isAlive, type ServiceRecord, takesSignals } from "../graph/record.ts";

const { STARTED } = ServiceState;

/** Both types. They differ in what the end of the first process means. */
export class ProcessService implements Behaviour {
  readonly reactions: Partial<Reactions<ProcessReaction>>;
  readonly #launcher: Launcher;

  constructor(launcher: Launcher) {
    this.#launcher = launcher;
    this.reactions = {
      ...commonReactions(launcher),
      "be ready": (service) => this.#beReady(service),
      "fail: not ready": (service) => this.#beNotReady(service),
      "fail: not executed": (service) => this.#notExecuted(service),
      "fail: ended too early": (service) => this.#endedTooEarly(service),
      "adopt the daemon": (service) => this.#adoptDaemon(service),
      "end the unhealthy process": (service) => this.#endUnhealthy(service),
      "replace the process": (service) => replaceProcess(this.#launcher, service),
      "launch the replacement": (service) => {
        if (!launchReplacement(this.#launcher, service)) this.#ended(service);
      },
      "restart, recover or stop": (service) => this.#ended(service),
      "adopt, or recover again": (service) => this.#endedDuringRecovery(service),
      "give the slow recovery up": (service) => this.#recoveryTimedOut(service),
      "lose the process early": (service) => this.#endedWhileWaiting(service),
      "recover when wanted again": (service) => this.#recoverLater(service),
      "ask to stop": (service) => this.#bringDownWhenExecuted(service),
      "end the stop": (service) => this.#endStop(service),
      "be stopped if nothing runs": (service) => this.#stopCommandEnded(service),
      "signal instead": (service) => this.#signalInstead(service),
    };
  }

  get #lifecycle() {
    return this.#launcher.lifecycle;
  }

  // ---- Up and down -------------------------------------------------------------------------------------------

  bringUp(service: ServiceRecord): boolean {
    return this.#launcher.bringUp(service);
  }

  interruptStart(service: ServiceRecord): Interruption {
    return this.#launcher.interruptStart(service);
  }

  restarts(service: ServiceRecord): boolean {
    return wantsRestart(service) && this.#launcher.restartAllowed(service);
  }

  resumed(service: ServiceRecord): void {
    this.#launcher.resumed(service);
  }

  stopped(service: ServiceRecord, restarts: boolean): void {
    this.#launcher.stopped(service, restarts);
  }

  /** Asks the process to end, by the stop command or the term signal (8.8). */
  bringDown(service: ServiceRecord): void {
    const { main, stop } = service.process;
    const launcher = runsLauncher(service);
    if (main.execPending && !isAlive(stop)) {
      this.#lifecycle.enter(service, { kind: "awaiting-execution", launcher });
    } else if (endsRemains(service.process)) {
      this.#lifecycle.enter(service, { kind: "asked-to-stop", launcher: false });
      const isLimited = service.process.timer?.purpose === "stop-timeout";
      if (!isLimited) this.#launcher.armTimer(service, "stop-timeout", service.description.stopTimeout);
    } else if (main.pid === undefined && !isAlive(stop)) {
      this.#lifecycle.markStopped(service);
    } else {
      if (!isAlive(stop)) this.#askToStop(service);
      if (isAlive(stop) || !main.foreign) this.#lifecycle.enter(service, { kind: "asked-to-stop", launcher });
      else this.#lifecycle.markStopped(service); // the exit of a foreign process will not be reported
    }
  }

  #askToStop(service: ServiceRecord): void {
    const { stopCommand, termSignal, stopTimeout } = service.description;
    if (stopCommand.length > 0) {
      const launched = this.#launcher.launchStopCommand(service, "stop");
      if (!launched) this.#launcher.signalGroup(service, termSignal || Signal.KILL);
    } else if (termSignal !== 0) {
      this.#launcher.signalGroup(service, termSignal);
    }
    this.#launcher.armTimer(service, "stop-timeout", stopTimeout);
  }

  // ---- The launch --------------------------------------------------------------------------------------------

  #notExecuted(service: ServiceRecord): void {
    service.reason = StopReason.EXECFAILED;
    this.#lifecycle.enter(service, waitingForDependents("half"));
    this.#lifecycle.failStart(service);
  }

  #beReady(service: ServiceRecord): void {
    if (endsRemains(service.process)) return; // what an ended process has left announces nothing
    if (awaitsReadiness(launchStep(service.phase))) this.#launcher.cameUp(service);
  }

  /** The readiness descriptor was closed without an announcement. */
  #beNotReady(service: ServiceRecord): void {
    if (!awaitsReadiness(launchStep(service.phase))) return;
    this.#launcher.cancelTimer(service);
    this.#lifecycle.enter(service, waitingForDependents("half"));
    this.#lifecycle.failStart(service, { finish: false });
    this.#lifecycle.bringDownIfClear(service);
  }

  #endedTooEarly(service: ServiceRecord): void {
    this.#reportEnd(service);
    this.#fail(service);
  }

  /** The launcher of a bgprocess service has ended. */
  #adoptDaemon(service: ServiceRecord): void {
    const outcome = this.#adoptIfLaunched(service);
    if (outcome !== "running" && outcome !== "ended") {
      this.#fail(service);
      return;
    }
    this.#launcher.cameUp(service);
    if (outcome === "ended") this.#lost(service);
  }

  #fail(service: ServiceRecord): void {
    service.reason = StopReason.FAILED;
    this.#lifecycle.failStart(service);
  }

  // ---- While it is up ----------------------------------------------------------------------------------------

  /** The process does not do its work: unless the settings say otherwise, it ends, and a crash follows. */
  #endUnhealthy(service: ServiceRecord): void {
    const { process, description } = service;
    const { health: { action }, termSignal, stopTimeout } = description;
    if (!takesSignals(process.main)) return; // a start pin holds back the stop of a service without a process
    this.#launcher.reporter.report(service, { kind: "unhealthy", why: process.unhealthy ?? "", action });
    if (action === "none") return;
    if (action === "stop") {
      service.reason = StopReason.UNHEALTHY;
      this.#lifecycle.finalStop(service);
      return;
    }
    this.#lifecycle.enter(service, PHASE.endingUnhealthy);
    this.#launcher.signalGroup(service, termSignal || Signal.KILL);
    // Nobody sees the end of a process that is no child.
    if (process.main.foreign) this.#lost(service);
    else this.#launcher.armTimer(service, "stop-timeout", stopTimeout);
  }

  #ended(service: ServiceRecord): void {
    this.#reportEnd(service);
    this.#lost(service);
  }

  /** The process of a recovery has ended. For a launcher, this is expected. */
  #endedDuringRecovery(service: ServiceRecord): void {
    if (!isLauncher(launchStep(service.phase))) {
      this.#ended(service);
      return;
    }
    const outcome = this.#adoptIfLaunched(service);
    if (outcome === "running") this.#launcher.cameUp(service);
    else if (outcome === "ended") this.#lost(service);
    else this.#launcher.giveUpRecovery(service);
  }

  #recoveryTimedOut(service: ServiceRecord): void {
    this.#launcher.logOverdueStart(service);
    this.#launcher.giveUpRecovery(service);
  }

  /** The process of a started service has ended unexpectedly: recovers, restarts or stops (8.8, 8.9). */
  #lost(service: ServiceRecord): void {
    const { state, target, force, description } = service;
    const reason = service.phase.kind === "ending-unhealthy" ? StopReason.UNHEALTHY : StopReason.TERMINATED;
    const recovers = description.smoothRecovery && state === STARTED && target === STARTED && !force;
    if (recovers && this.#launcher.restartAllowed(service)) {
      this.#lifecycle.enter(service, { kind: "recovering", step: PHASE.restartDelay });
      this.#launcher.relaunchAfterDelay(service);
      return;
    }
    if (state === STARTED) this.#lifecycle.enter(service, PHASE.up);
    this.#lifecycle.processLost(service, reason);
  }

  // ---- While it goes down --------------------------------------------------------------------------------------

  /** The program runs, and is no longer wanted. */
  #bringDownWhenExecuted(service: ServiceRecord): void {
    const { phase } = service;
    // An interrupted launcher ends without another signal.
    if (phase.kind === "interrupting" && processKind(service.type) === "background") return;
    const recovery = phase.kind === "awaiting-execution" && phase.launcher
      ? PHASE.awaitingLauncher
      : undefined;
    this.#lifecycle.enter(service, waitingForDependents("half", recovery));
    this.#lifecycle.bringDownIfClear(service);
  }

  /** The program of a recovery that a stop has interrupted could not be executed. */
  #recoverLater(service: ServiceRecord): void {
    const { phase } = service;
    if (phase.kind === "waiting-for-dependents" && phase.recovery !== undefined) {
      this.#lifecycle.enter(service, waitingForDependents(phase.brought, PHASE.restartDelay));
    }
  }

  /** The process has ended before it was asked to. */
  #endedWhileWaiting(service: ServiceRecord): void {
    const launched = runsLauncher(service) && mayHaveLaunched(service);
    const { phase } = service;
    if (launched && phase.kind === "waiting-for-dependents" && this.#adopt(service) === "running") {
      this.#lifecycle.enter(service, waitingForDependents(phase.brought));
      this.#lifecycle.bringDownIfClear(service);
      return;
    }
    this.#lifecycle.enter(service, waitingForDependents("down"));
    const comesBack = service.target === STARTED && !service.pinStop;
    // A stop command that still runs would stop the new process.
    if (!launched && comesBack && !isAlive(service.process.stop)) {
      this.#lifecycle.startWithoutWaiting(service);
    } else if (!service.force) {
      this.#lifecycle.forceStop(service); // its dependents have lost what they need, so their stops cannot be cancelled
    }
  }

  #endStop(service: ServiceRecord): void {
    const launched = runsLauncher(service) && mayHaveLaunched(service);
    if (launched && this.#adopt(service) === "running") {
      this.#lifecycle.enter(service, { kind: "asked-to-stop", launcher: false });
      this.#lifecycle.bringDownIfClear(service); // the process that was asked to end was the launcher
    } else {
      this.#finishStop(service);
    }
  }

  /** The process is gone; the stop is complete unless dependents or the stop command still have to end. */
  #finishStop(service: ServiceRecord): void {
    if (!isAlive(service.process.stop)) this.#lifecycle.bringDownIfClear(service);
  }

  /** The separate stop command has ended. */
  #stopCommandEnded(service: ServiceRecord): void {
    const { main } = service.process;
    const mainEnds = endsRemains(service.process) || (isAlive(main) && !main.foreign);
    if (!mainEnds) this.#lifecycle.markStopped(service);
  }

  /** The separate stop command could not be executed. */
  #signalInstead(service: ServiceRecord): void {
    this.#launcher.signalGroup(service, service.description.termSignal);
    this.#stopCommandEnded(service);
  }

  // ---- The end of a process ------------------------------------------------------------------------------------

  /** Adopts the daemon if its launcher has succeeded. */
  #adoptIfLaunched(service: ServiceRecord): PidFileOutcome["kind"] | "failed" {
    if (mayHaveLaunched(service)) return this.#adopt(service);
    this.#reportEnd(service);
    return "failed";
  }

  /** Adopts the process that the pid file names (8.11). */
  #adopt(service: ServiceRecord): PidFileOutcome["kind"] {
    const { process } = service;
    const { host, reporter } = this.#launcher;
    const outcome = host.adoptFromPidFile(service);
    switch (outcome.kind) {
      case "running":
        process.main.pid = outcome.pid;
        process.main.foreign = !outcome.child;
        if (!outcome.child) reporter.report(service, { kind: "not-supervised", pid: outcome.pid });
        break;
      case "ended":
        process.exit = outcome.exit;
        break;
      case "invalid":
        reporter.report(service, { kind: "pid-file-invalid", pid: outcome.pid });
        if (outcome.exit !== undefined) {
          process.exit = outcome.exit;
          this.#reportEnd(service);
        }
        break;
      case "unreadable": {
        const { step, errno } = outcome;
        reporter.report(service, { kind: "pid-file-unreadable", step, errno });
      }
    }
    return outcome.kind;
  }

  #reportEnd(service: ServiceRecord): void {
    const { exit } = service.process;
    if (exit === undefined || isClean(exit)) return;
    this.#launcher.reporter.report(service, { kind: "process-ended", what: "main", exit });
  }
}

/** Whether the launcher has left a daemon, as far as its end says: if nobody saw that end, the pid file decides. */
function mayHaveLaunched({ process: { exit } }: ServiceRecord): boolean {
  return isClean(exit) || exit?.kind === "unknown";
}

/** Whether the process of a stopping service is the launcher of a recovery that the stop has interrupted. */
function runsLauncher({ phase }: ServiceRecord): boolean {
  switch (phase.kind) {
    case "waiting-for-dependents":
      return isLauncher(phase.recovery);
    case "awaiting-execution":
    case "asked-to-stop":
      return phase.launcher;
    default:
      return false;
  }
}
