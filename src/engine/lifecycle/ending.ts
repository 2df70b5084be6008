/** Failed starts and completed stops, and their consequences for the service and its dependents (3.15 and 3.16). */

import { DependencyKind, ServiceState, StopReason } from "../../model/mod.ts";
import type { Agenda } from "./agenda.ts";
import type { ConsoleQueue } from "./console.ts";
import { failureCause, noteFailure } from "../launcher/restart_policy.ts";
import { PHASE } from "./phase.ts";
import { isHard, type ServiceRecord } from "../graph/record.ts";
import type { Stopping } from "./stopping.ts";
import type { Waits } from "./waits.ts";

const { STOPPED, STARTING, STARTED } = ServiceState;

/** The details of a failure. */
export interface FailureOptions {
  /** A dependency is the cause. @default false */
  viaDependency?: boolean;
  /** The service is STOPPED at once; otherwise its process still exists, and `markStopped` follows. @default true */
  finish?: boolean;
}

/** The ways in which a service ends. */
export class Ending {
  readonly #agenda: Agenda;
  readonly #console: ConsoleQueue;
  readonly #waits: Waits;
  readonly #stopping: Stopping;

  constructor(agenda: Agenda, console: ConsoleQueue, waits: Waits, stopping: Stopping) {
    this.#agenda = agenda;
    this.#console = console;
    this.#waits = waits;
    this.#stopping = stopping;
  }

  /** The service could not be started (3.15); it is STARTING, STOPPING or STOPPED. No automatic restart follows. */
  failStart(service: ServiceRecord, { viaDependency = false, finish = true }: FailureOptions = {}): void {
    const { context } = this.#agenda;
    this.#agenda.dropStartPin(service);
    this.#agenda.changed(service);
    service.autoRestarting = false;
    service.target = STOPPED;
    this.#stopping.dropExplicit(service);
    this.#failDependents(service);
    service.startFailed = true;
    context.reporter.outcome(service, "failed", { viaDependency });
    if (finish) this.markStopped(service);
  }

  /** A dependency that the service waits for could not be started, so the service fails, too. */
  failLikeDependency(service: ServiceRecord): void {
    service.reason = StopReason.DEPFAILED;
    if (service.times !== undefined) service.times.unblocked = this.#agenda.now();
    this.#agenda.enter(service, PHASE.stopped);
    this.failStart(service, { viaDependency: true });
  }

  /**
   * The service will not start: hard dependents that wait for it fail, soft ones continue, and all claims are dropped.
   */
  #failDependents(service: ServiceRecord): void {
    for (const edge of service.dependents) {
      const { from } = edge;
      const binding = (isHard(edge) || edge.unmet) && from.state === STARTING;
      const waits = edge.waiting || (edge.unmet && from.phase.kind === "waiting-for-dependencies");
      if (binding && waits) {
        this.#waits.decide(edge);
        this.#agenda.deferFailure(from);
      } else if (edge.waiting) {
        this.#waits.end(edge);
      } else if (binding) {
        from.reason = StopReason.DEPFAILED;
        from.gaveUp = "dependency-failed";
        this.#stopping.forceForGood(from);
      }
      this.#stopping.letGo(edge, { mayStop: false });
    }
  }

  /** The service is down (3.16). */
  markStopped(service: ServiceRecord): void {
    const { context } = this.#agenda;
    if (service.haveConsole) this.#console.release(service);
    service.force = false;
    const restarts = service.target === STARTED && !service.pinStop;
    this.#agenda.enter(service, PHASE.stopped);
    this.#waits.clear(service);
    context.behaviour(service).stopped(service, restarts);
    if (restarts) this.#startAgain(service);
    else this.#stayDown(service);
    context.reporter.note(service, "stopped");
    if (!restarts) this.#noteFailure(service);
    // Listeners see a service that chains to itself as restarting.
    if (!service.startFailed) context.completed(service, restarts);
    context.reporter.tell(service, "stopped");
  }

  /** A service that stays down has perhaps failed. */
  #noteFailure(service: ServiceRecord): void {
    const cause = failureCause(service);
    const { exit } = service.process;
    if (cause !== undefined) noteFailure(service, cause);
    service.parameters = undefined;
    if (cause !== undefined) {
      this.#agenda.context.reporter.report(service, { kind: "failed-for-good", cause, exit });
    }
  }

  #startAgain(service: ServiceRecord): void {
    for (const edge of service.dependencies) {
      if (edge.kind === DependencyKind.PREPARED_BY) this.#stopping.restart(edge.to);
    }
    this.#waits.enterStarting(service);
  }

  #stayDown(service: ServiceRecord): void {
    service.target = STOPPED;
    this.#failDependents(service);
    this.#stopping.dropExplicit(service);
    if (service.dependencies.some((edge) => edge.holding)) this.#agenda.deferRelease(service);
    this.#waits.reviewDependencies(service);
  }
}
