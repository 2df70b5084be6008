/**
 * The behaviour of `scheduled` services: up means that runs may begin. A run is the main process. It begins when its time
 * has come, which a schedule outside of the engine says, and how it ends does not change the state of the service. An
 * addition to the reference.
 */

import { isClean, ServiceState, Signal } from "../../model/mod.ts";
import type { Behaviour, Interruption } from "./behaviour.ts";
import { commonReactions } from "./common_reactions.ts";
import type { Launcher } from "./launcher.ts";
import { PHASE } from "../lifecycle/phase.ts";
import type { ProcessReaction } from "../lifecycle/phase_table.ts";
import type { Reactions } from "../lifecycle/reactions.ts";
import { ProcessService } from "./process_service.ts";
import * as policy from "./restart_policy.ts";
import { endsRemains, isAlive, type ServiceRecord, takesSignals } from "../graph/record.ts";
import { noRun, RUN_FAILURES, type RunCause, type RunResult, type RunState } from "../graph/run.ts";

/** Scheduled services. A run that is to end with its service ends like the process of a `process` service. */
export class ScheduledService implements Behaviour {
  readonly reactions: Partial<Reactions<ProcessReaction>>;
  readonly #launcher: Launcher;
  readonly #process: ProcessService;

  constructor(launcher: Launcher) {
    this.#launcher = launcher;
    this.#process = new ProcessService(launcher);
    this.reactions = {
      ...this.#process.reactions,
      ...commonReactions(launcher),
      "begin a run": (service) => this.#beginDue(service),
      "skip, queue or replace": (service) => this.#overlap(service),
      "end the overdue run": (service) => this.#overdue(service),
      "end the run": (service) => this.#ended(service),
      "lose the process early": (service) => this.#note(service, resultOf(service)),
      "recover when wanted again": (service) => this.#note(service, resultOf(service)),
      "end the stop": (service) => {
        this.#note(service, "stopped");
        this.#process.reactions["end the stop"]?.(service);
      },
    };
  }

  bringUp(service: ServiceRecord): boolean {
    this.#launcher.lifecycle.markStarted(service);
    return true;
  }

  bringDown(service: ServiceRecord): void {
    this.#process.bringDown(service);
  }

  interruptStart(): Interruption {
    return "over";
  }

  /** A service that stops because a dependency restarts is up again afterwards: `restart` is about its runs. */
  restarts(): boolean {
    return true;
  }

  resumed(service: ServiceRecord): void {
    const { lifecycle } = this.#launcher;
    const { main, timer, run } = service.process;
    if (isAlive(main) || endsRemains(service.process)) {
      lifecycle.enter(service, run?.ending === undefined ? PHASE.running : PHASE.endingRun);
    } else if (timer?.purpose === "restart-delay") lifecycle.enter(service, PHASE.awaitingRetry);
    else this.#follow(service);
  }

  stopped(service: ServiceRecord, restarts: boolean): void {
    this.#note(service, "stopped"); // a run whose end nobody reports
    const { run } = service.process;
    if (run !== undefined) Object.assign(run, noRun());
    this.#launcher.stopped(service, restarts);
  }

  // ---- A run begins ------------------------------------------------------------------------------------------

  /** The run that is due; or the next try of one that has failed. */
  #beginDue(service: ServiceRecord): void {
    const { due, queued } = runOf(service);
    this.#begin(service, due ?? queued ?? "retry");
  }

  #begin(service: ServiceRecord, cause: RunCause): void {
    const { process, description } = service;
    const { lifecycle, reporter } = this.#launcher;
    if (cause !== "retry") policy.startAfresh(service);
    if (process.timer?.purpose === "restart-delay") this.#launcher.cancelTimer(service);
    const now = this.#launcher.now();
    if (cause !== "retry") process.limitStart = now;
    process.exit = undefined;
    process.run = { ...noRun(), current: cause, began: now };
    reporter.report(service, { kind: "run-began", cause });
    lifecycle.enter(service, PHASE.running);
    if (this.#launcher.launchRun(service)) {
      this.#launcher.armTimer(service, "run-limit", description.schedule.limit);
    } else this.#ended(service);
  }

  /** A run is due while another one is in progress. */
  #overlap(service: ServiceRecord): void {
    const run = runOf(service);
    const { overlap } = service.description.schedule;
    const cause = run.due ?? "schedule";
    if (overlap === "skip") {
      this.#launcher.reporter.report(service, { kind: "run-skipped", cause });
      return;
    }
    run.queued = cause;
    if (overlap === "stop" && service.phase.kind === "running") this.#askToEnd(service, "replaced");
  }

  // ---- A run ends --------------------------------------------------------------------------------------------

  #overdue(service: ServiceRecord): void {
    this.#launcher.reporter.report(service, { kind: "run-overdue", pid: service.process.main.pid });
    this.#askToEnd(service, "overdue");
  }

  #askToEnd(service: ServiceRecord, why: NonNullable<RunState["ending"]>): void {
    const { process, description } = service;
    runOf(service).ending = why;
    if (service.state === ServiceState.STARTED) this.#launcher.lifecycle.enter(service, PHASE.endingRun);
    if (takesSignals(process.main)) {
      this.#launcher.signalGroup(service, description.termSignal || Signal.KILL);
    }
    this.#launcher.armTimer(service, "stop-timeout", description.stopTimeout);
  }

  /** The process of a run has ended, or could not be executed. */
  #ended(service: ServiceRecord): void {
    const result = resultOf(service);
    this.#launcher.cancelTimer(service);
    const { queued } = runOf(service);
    const failure = RUN_FAILURES[result];
    const isRepeated = failure !== undefined && queued === undefined && this.#mayRepeat(service, result);
    this.#note(service, result);
    if (isRepeated) {
      runOf(service).queued = "retry";
      this.#launcher.lifecycle.enter(service, PHASE.awaitingRetry);
      // Never at once: a program that cannot be launched would repeat without an end.
      this.#launcher.armTimer(service, "restart-delay", Math.max(1, this.#launcher.restartWait(service)));
      return;
    }
    if (failure !== undefined) {
      policy.noteFailure(service, failure);
      this.#launcher.reporter.report(service, {
        kind: "run-failed",
        cause: failure,
        exit: service.process.exit,
      });
    }
    this.#follow(service);
  }

  #mayRepeat(service: ServiceRecord, result: RunResult): boolean {
    const { restart } = service.description;
    if (restart === "never" || service.target === ServiceState.STOPPED) return false;
    if (restart === "on-failure" && result === "failed" && !policy.isFailure(service.process.exit)) {
      return false;
    }
    return policy.countRestart(service, this.#launcher.now());
  }

  /** Nothing runs: begins what is queued, or waits for the next run. */
  #follow(service: ServiceRecord): void {
    const { run } = service.process;
    if (run?.queued === undefined) this.#launcher.lifecycle.enter(service, PHASE.up);
    else this.#begin(service, run.queued);
  }

  /** Reports the end of the run in progress, if there is one. */
  #note(service: ServiceRecord, result: RunResult): void {
    const { run, exit } = service.process;
    if (run?.current === undefined) return;
    const { current: cause, began } = run;
    run.current = undefined;
    run.ending = undefined;
    const { reporter } = this.#launcher;
    if (result === "failed" && exit !== undefined) {
      reporter.report(service, { kind: "process-ended", what: "main", exit });
    }
    reporter.report(service, { kind: "run-ended", cause, began, result, exit });
  }
}

function runOf({ process }: ServiceRecord): RunState {
  return process.run ??= noRun();
}

/** How the run whose process has just ended has ended. */
function resultOf({ process: { run, exit } }: ServiceRecord): RunResult {
  if (run?.ending === "replaced") return "stopped";
  if (run?.ending === "overdue") return "overdue";
  if (exit === undefined) return "not-executed";
  if (exit.kind === "unknown") return "unknown";
  return isClean(exit) ? "success" : "failed";
}
