/**
 * The behaviour of `scripted` services: a start command and a stop command, each complete when it has ended. Lifecycle
 * specification 8.12.
 */

import { isClean, Signal, StopReason } from "../../model/mod.ts";
import type { Behaviour, Interruption } from "./behaviour.ts";
import type { EndedProcess } from "../facts.ts";
import { commonReactions } from "./common_reactions.ts";
import type { Launcher } from "./launcher.ts";
import type { ProcessReaction } from "../lifecycle/phase_table.ts";
import type { Reactions } from "../lifecycle/reactions.ts";
import { PHASE } from "../lifecycle/phase.ts";
import { wantsRestart } from "./restart_policy.ts";
import type { ServiceRecord } from "../graph/record.ts";

/** Scripted services. Start and stop command are the main process, one after the other. */
export class ScriptedService implements Behaviour {
  readonly reactions: Partial<Reactions<ProcessReaction>>;
  readonly #launcher: Launcher;

  constructor(launcher: Launcher) {
    this.#launcher = launcher;
    this.reactions = {
      ...commonReactions(launcher),
      "fail: not executed": (service) => this.#notExecuted(service),
      "end the start command": (service) => this.#startCommandEnded(service),
      "run the stop command unless it failed": (service) => this.#interruptedCommandEnded(service),
      "end the stop command": (service) => this.#stopCommandEnded(service),
    };
  }

  bringUp(service: ServiceRecord): boolean {
    return this.#launcher.bringUp(service);
  }

  interruptStart(service: ServiceRecord): Interruption {
    return this.#launcher.interruptStart(service);
  }

  restarts(service: ServiceRecord): boolean {
    return wantsRestart(service);
  }

  resumed(): void {}

  stopped(service: ServiceRecord, restarts: boolean): void {
    this.#launcher.stopped(service, restarts);
  }

  /** Runs the stop command, even if the start command never ran. */
  bringDown(service: ServiceRecord): void {
    const { stopCommand, stopTimeout } = service.description;
    if (stopCommand.length > 0 && this.#launcher.launchStopCommand(service, "main")) {
      this.#launcher.lifecycle.enter(service, PHASE.runningStopCommand);
      this.#launcher.armTimer(service, "stop-timeout", stopTimeout);
    } else {
      this.#launcher.lifecycle.markStopped(service);
    }
  }

  #notExecuted(service: ServiceRecord): void {
    service.reason = StopReason.EXECFAILED;
    this.#launcher.lifecycle.failStart(service);
  }

  #startCommandEnded(service: ServiceRecord): void {
    const { exit } = service.process;
    const { lifecycle } = this.#launcher;
    const interrupted = exit?.kind === "killed" && !exit.core && exit.signal === Signal.INT;
    const skipped = service.description.flags.skippable && interrupted;
    if (isClean(exit) || skipped) {
      service.skipped = skipped;
      lifecycle.markStarted(service);
      return;
    }
    this.#reportEnd(service, "start-command");
    service.reason = StopReason.FAILED;
    lifecycle.failStart(service);
  }

  #interruptedCommandEnded(service: ServiceRecord): void {
    const { exit } = service.process;
    const { lifecycle } = this.#launcher;
    this.#reportEnd(service, "interrupted-start-command");
    // A failed start command has nothing to clean up; after any other end the stop command must run.
    if (exit?.kind === "exited" && exit.code !== 0) lifecycle.markStopped(service);
    else lifecycle.bringDownIfClear(service);
  }

  #stopCommandEnded(service: ServiceRecord): void {
    this.#reportEnd(service, "stop-command");
    this.#launcher.lifecycle.markStopped(service);
  }

  #reportEnd(service: ServiceRecord, what: EndedProcess): void {
    const { exit } = service.process;
    if (exit === undefined || isClean(exit)) return;
    this.#launcher.reporter.report(service, { kind: "process-ended", what, exit });
  }
}
