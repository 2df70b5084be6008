/**
 * The events of processes, and the form in which each type of service says what it does about them: a table with
 * one entry for every event in every state. What cannot happen is said to be impossible; if it happens all the
 * same it is logged as an internal error and otherwise ignored.
 */

import {
  errnoText,
  type ExitStatus,
  type LaunchFailure,
  launchStageText,
  ServiceState,
} from "../../model/mod.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Launcher } from "./launcher.ts";
import type { ProcessRole } from "./launch_plan.ts";
import { noChild, type ServiceRecord } from "../graph/record.ts";
import { STATE_NAMES } from "../lifecycle/state_changes.ts";

/** What happens to the main process or the timer of a service. */
export type ProcessEvent =
  | "execSucceeded"
  | "execFailed"
  | "exited"
  | "ready"
  | "readinessClosed"
  | "restartDelayOver"
  | "startTimedOut"
  | "stopTimedOut";

/** What a service does about an event. */
export type Handler = (service: ServiceRecord) => void;

/** The entry for an event that cannot happen in a state. */
export const IMPOSSIBLE = "impossible";

/** The entry for an event that is of no interest in a state. */
export const IGNORE: Handler = () => {};

/** Every event in every state. */
export type EventTable = Readonly<
  Record<ProcessEvent, Readonly<Record<ServiceState, Handler | typeof IMPOSSIBLE>>>
>;

/** How one type of process-backed service behaves. */
export interface ProcessBehaviour extends Behaviour {
  readonly events: EventTable;
}

/** Builds one row of an event table. */
export function row(
  stopped: Handler | typeof IMPOSSIBLE,
  starting: Handler | typeof IMPOSSIBLE,
  started: Handler | typeof IMPOSSIBLE,
  stopping: Handler | typeof IMPOSSIBLE,
): EventTable[ProcessEvent] {
  return {
    [ServiceState.STOPPED]: stopped,
    [ServiceState.STARTING]: starting,
    [ServiceState.STARTED]: started,
    [ServiceState.STOPPING]: stopping,
  };
}

/** Whether a process ended by itself with exit code 0. */
export function isClean(exit: ExitStatus): boolean {
  return exit.code === 1 && exit.status === 0;
}

/** `terminated with exit code 3` or `terminated due to signal 9`, with the verb that the caller's message uses. */
export function howEnded(exit: ExitStatus, verb: string): string {
  return exit.code === 1
    ? `${verb} with exit code ${exit.status}`
    : `terminated due to signal ${exit.status}`;
}

/** Delivers events to the tables of the service types, after the bookkeeping that all types share. */
export class ProcessEvents {
  readonly #launcher: Launcher;
  readonly #behaviour: (service: ServiceRecord) => ProcessBehaviour | undefined;
  readonly #stopCommand: { ended: (service: ServiceRecord, exit: ExitStatus | undefined) => void };

  /** `stopCommand.ended` is told that a separate stop command has ended; `undefined`: it could not be executed. */
  constructor(
    launcher: Launcher,
    behaviour: (service: ServiceRecord) => ProcessBehaviour | undefined,
    stopCommand: { ended: (service: ServiceRecord, exit: ExitStatus | undefined) => void },
  ) {
    this.#launcher = launcher;
    this.#behaviour = behaviour;
    this.#stopCommand = stopCommand;
  }

  /** A process runs its program; an end that was seen before is interpreted now. */
  execSucceeded(service: ServiceRecord, role: ProcessRole): void {
    service.process[role].execPending = false;
    if (role === "main") this.dispatch(service, "execSucceeded");
    const child = service.process[role]; // a new one if the service has been brought down by now
    const { ended } = child;
    if (ended === undefined) return;
    child.ended = undefined;
    if (role === "main") this.#mainEnded(service, ended);
    else this.#stopCommand.ended(service, ended);
  }

  /** A process could not run its program; there is no process. */
  execFailed(service: ServiceRecord, role: ProcessRole, { stage, errno }: LaunchFailure): void {
    const { process } = service;
    const { log } = this.#launcher;
    const failure = `${launchStageText(stage)}: ${errnoText(errno)}`;
    process[role] = noChild();
    if (role === "stop") {
      log.message("error", `Service ${service.name}: could not fork for stop command: ${failure}`);
      this.#stopCommand.ended(service, undefined);
      return;
    }
    this.#launcher.noteFailure(service, { stage, errno });
    process.awaitingReadiness = false;
    log.message("error", `${service.name}: execution failed - ${failure}`);
    this.#launcher.cancelTimer(service);
    this.dispatch(service, "execFailed");
  }

  /** A process ended. While its execution is not known of, that is only noted. */
  exited(service: ServiceRecord, role: ProcessRole, exit: ExitStatus): void {
    const child = service.process[role];
    child.pid = undefined;
    if (child.execPending) {
      child.ended = exit;
      if (role === "stop") return;
      service.process.exit = exit;
      this.#cancelStartStopTimer(service);
    } else if (role === "main") {
      this.#mainEnded(service, exit);
    } else {
      this.#stopCommand.ended(service, exit);
    }
  }

  #mainEnded(service: ServiceRecord, exit: ExitStatus): void {
    service.process.exit = exit;
    service.process.tracked = false;
    service.process.awaitingReadiness = false;
    this.#cancelStartStopTimer(service);
    this.dispatch(service, "exited");
  }

  /** The end of the process ends the wait for it, unless a stop command still has to end in time. */
  #cancelStartStopTimer(service: ServiceRecord): void {
    const { timer, stop } = service.process;
    const stopRuns = stop.pid !== undefined || stop.execPending;
    if (timer !== undefined && timer.reason !== "restart-delay" && !stopRuns) {
      this.#launcher.cancelTimer(service);
    }
  }

  /** The timer of the service expired. */
  timerExpired(service: ServiceRecord): void {
    const { timer } = service.process;
    if (timer === undefined) return; // it was turned off while its expiry was on the way
    service.process.timer = undefined;
    const events = {
      "restart-delay": "restartDelayOver",
      "start-timeout": "startTimedOut",
      "stop-timeout": "stopTimedOut",
    } as const;
    this.dispatch(service, events[timer.reason]);
  }

  /** Does now what a timer would do later, in place of whatever the timer is for. */
  cutShort(service: ServiceRecord, event: "startTimedOut" | "stopTimedOut"): void {
    this.#launcher.cancelTimer(service);
    this.dispatch(service, event);
  }

  /** Looks the event up in the table of the service's type. */
  dispatch(service: ServiceRecord, event: ProcessEvent): void {
    const handler = this.#behaviour(service)?.events[event][service.state] ?? IMPOSSIBLE;
    if (handler !== IMPOSSIBLE) handler(service);
    else this.reportImpossible(service, event);
  }

  /** Logs an event that cannot happen, with the names of the event and the state. */
  reportImpossible(service: ServiceRecord, event: string): void {
    const where = `for service ${service.name} in state ${STATE_NAMES[service.state]}`;
    const text = `internal error: event ${event} ${where}`;
    this.#launcher.log.message("error", text);
  }
}
