/**
 * The events of processes and timers: the bookkeeping that all service types share, before the phase table decides the
 * reaction.
 */

import {
  type ExitStatus,
  isClean,
  type LaunchFailure,
  processKind,
  Signal,
  StopReason,
} from "../../model/mod.ts";
import type { Launcher } from "./launcher.ts";
import { isReplaceable } from "./replacement.ts";
import type { FactReporter } from "../facts.ts";
import type { LaunchRefusal, ProcessHost, TimerName } from "../ports.ts";
import { isLauncher, launchStep } from "../lifecycle/phase.ts";
import type { ProcessEvent } from "../lifecycle/phase_table.ts";
import type { Reactor } from "../lifecycle/reactions.ts";
import {
  type Child,
  childOf,
  endsRemains,
  isAlive,
  isBeingMade,
  noChild,
  type ProcessRole,
  type ServiceRecord,
} from "../graph/record.ts";
import { noRun, type RunCause } from "../graph/run.ts";

const TIMER_EVENTS = {
  "restart-delay": "restart-delay-over",
  "start-timeout": "start-timed-out",
  "stop-timeout": "stop-timed-out",
  "run-limit": "run-overdue",
} as const;

/** The events of a process in a role, as the phase table names them. A new role is a row here. */
const ROLE_EVENTS: Readonly<
  Record<ProcessRole, {
    /** @default ignored */
    readonly executed?: ProcessEvent;
    readonly failed: ProcessEvent;
    readonly ended: ProcessEvent;
  }>
> = {
  main: { executed: "executed", failed: "execution-failed", ended: "exited" },
  stop: { failed: "stop-command-failed", ended: "stop-command-ended" },
};

/** All roles, in the order in which their events are handled if they come together. */
export const PROCESS_ROLES: readonly ProcessRole[] = Object.keys(ROLE_EVENTS);

/** Receives the events of hosts and clocks. */
export class ProcessEvents {
  readonly #launcher: Launcher;
  readonly #reactor: Reactor;

  constructor(launcher: Launcher, reactor: Reactor) {
    this.#launcher = launcher;
    this.#reactor = reactor;
  }

  /** The process of a launch that took a while exists now. Its time begins only now. */
  launched(service: ServiceRecord, role: ProcessRole, pid: number): void {
    const child = this.#child(service, role, "launched");
    if (child === undefined) return;
    child.pid = pid;
    this.#launcher.launched(service, role);
  }

  /** A process runs its program; if it has already ended, this is handled now. */
  execSucceeded(service: ServiceRecord, role: ProcessRole): void {
    const child = this.#child(service, role, "executed");
    if (child === undefined) return;
    child.execPending = false;
    const { executed } = ROLE_EVENTS[role];
    if (executed !== undefined) this.#reactor.react(service, executed);
    const ended = childOf(service.process, role)?.ended; // the child may be a new one, if the service has been brought down meanwhile
    if (ended === undefined) return;
    child.ended = undefined;
    this.#ended(service, role, ended);
  }

  /** A process could not run its program; the process is gone. */
  execFailed(
    service: ServiceRecord,
    role: ProcessRole,
    { stage, errno }: LaunchFailure,
    refusal?: LaunchRefusal,
  ): void {
    const child = this.#child(service, role, "execution-failed");
    if (child === undefined) return;
    Object.assign(child, noChild());
    if (role === "main") {
      service.process.remains = undefined;
      this.#launcher.noteFailure(service, { stage, errno }, refusal?.error);
      this.#launcher.cancelTimer(service);
    }
    this.#launcher.reporter.report(
      service,
      refusal === undefined
        ? { kind: "execution-failed", role, stage, errno }
        : { kind: "launch-failed", ...refusal },
    );
    this.#reactor.react(service, ROLE_EVENTS[role].failed);
  }

  /** After a restore: a process that was to be launched was never made, and is not needed or cannot be launched. */
  neverMade(service: ServiceRecord, role: ProcessRole): void {
    const child = childOf(service.process, role);
    if (child === undefined) return;
    Object.assign(child, noChild());
    if (role === "main") this.#launcher.cancelTimer(service);
    this.#reactor.react(service, ROLE_EVENTS[role].failed);
  }

  /** After a restore: a process has ended, and its record says so. */
  endedUnseen(service: ServiceRecord, role: ProcessRole): void {
    const child = childOf(service.process, role);
    if (child?.ended === undefined) return;
    const { ended } = child;
    child.ended = undefined;
    this.#ended(service, role, ended);
  }

  /** A process ended. If the result of its execution is not known yet, the exit is only noted. */
  exited(service: ServiceRecord, role: ProcessRole, exit: ExitStatus): void {
    const child = this.#child(service, role, "exited");
    if (child === undefined) return;
    if (role === "main") noteRemains(this.#launcher.host, service, child.pid);
    child.pid = undefined;
    if (!child.execPending) {
      this.#ended(service, role, exit);
      return;
    }
    child.ended = exit;
    if (role !== "main") return;
    service.process.exit = exit;
    this.#cancelStartStopTimer(service);
  }

  /** The process of an event; if the service has none in this role, logs that and returns `undefined`. */
  #child(service: ServiceRecord, role: ProcessRole, event: string): Child | undefined {
    const child = Object.hasOwn(ROLE_EVENTS, role) ? childOf(service.process, role) : undefined;
    if (child === undefined) this.#reactor.reportImpossible(service, `${event} (${role})`);
    return child;
  }

  #ended(service: ServiceRecord, role: ProcessRole, exit: ExitStatus): void {
    if (role === "main") {
      service.process.exit = exit;
      if (this.#endsRemains(service, exit)) return;
      this.#cancelStartStopTimer(service);
    } else if (!isClean(exit)) {
      this.#launcher.reporter.report(service, { kind: "process-ended", what: "stop", exit });
    }
    this.#reactor.react(service, ROLE_EVENTS[role].ended);
  }

  // ---- What the main process has left ------------------------------------------------------------------------

  /**
   * Begins to end what the main process has left, for as long as a stop may take. The service counts its end as that of
   * the main process; but if it was up, it and its dependents begin to stop now. False: there is nothing to wait for.
   */
  #endsRemains(service: ServiceRecord, exit: ExitStatus): boolean {
    const { phase, process, description } = service;
    if (isLauncher(launchStep(phase)) && (isClean(exit) || exit.kind === "unknown")) {
      process.remains = undefined; // it has left the daemon of the service
    }
    if (!endRemains(this.#launcher.host, service)) return false;
    const isStopping = process.timer?.purpose === "stop-timeout";
    if (!isStopping) this.#launcher.armTimer(service, "stop-timeout", description.stopTimeout);
    if (phase.kind === "up" && !description.smoothRecovery) {
      service.reason = StopReason.TERMINATED;
      if (!isClean(exit)) {
        this.#launcher.reporter.report(service, { kind: "process-ended", what: "main", exit });
      }
      this.#launcher.lifecycle.forceStop(service);
    }
    return true;
  }

  /** The main process has left these processes. If nothing is left, its end takes effect now. */
  remains(service: ServiceRecord, pids: readonly number[]): void {
    if (!endsRemains(service.process)) return; // it was killed as a whole, and its end is still to come
    if (pids.length > 0) {
      this.#launcher.reporter.report(service, { kind: "remains-found", pids });
      return;
    }
    service.process.remains = undefined;
    this.#cancelStartStopTimer(service);
    this.#reactor.react(service, ROLE_EVENTS.main.ended);
  }

  /** The exit of the process ends the wait for it, unless a stop command still has a time limit. */
  #cancelStartStopTimer(service: ServiceRecord): void {
    const { timer, stop } = service.process;
    if (timer !== undefined && timer.purpose !== "restart-delay" && !isAlive(stop)) {
      this.#launcher.cancelTimer(service);
    }
  }

  /** A scheduled service that is up must run now. */
  runDue(service: ServiceRecord, cause: RunCause): void {
    const run = service.process.run ??= noRun();
    run.due = cause;
    this.#reactor.react(service, "run-due");
    if (service.process.run !== undefined) service.process.run.due = undefined;
  }

  /** What watches the service's health has found it unhealthy. */
  unhealthy(service: ServiceRecord, why: string): void {
    service.process.unhealthy = why;
    this.#reactor.react(service, "unhealthy");
  }

  /** The process must be replaced for this reason. False: the service is not up, or does not stay up. */
  replace(service: ServiceRecord, why: string): boolean {
    if (!isReplaceable(service)) return false;
    this.#launcher.reporter.report(service, { kind: "replaced", why });
    this.#reactor.react(service, "replace");
    return true;
  }

  /** The main process is another one now, whose end the host reports. */
  mainChanged({ process: { main } }: ServiceRecord, pid: number): void {
    main.pid = pid;
    main.foreign = false;
  }

  /** The process asks for more time to start or to stop: this many milliseconds from now. */
  extendTimeout(service: ServiceRecord, time: number): void {
    if (service.process.timer?.purpose !== "restart-delay") this.#launcher.extendTimer(service, time);
  }

  /** A timer of the service expired. */
  timerExpired(service: ServiceRecord, purpose: TimerName): void {
    const { timer } = service.process;
    if (timer?.purpose !== purpose) return; // it was cancelled when its expiry was already on the way
    service.process.timer = undefined;
    // Many launches, or a busy machine, may delay a process beyond its limit, which begins when it exists.
    if (isBeingMade(service.process) && timer.purpose !== "restart-delay") {
      this.#launcher.armLimit(service, timer.purpose);
    } else if (timer.purpose === "stop-timeout" && endsRemains(service.process)) {
      kill(this.#launcher, service);
    } else this.#reactor.react(service, TIMER_EVENTS[timer.purpose]);
  }

  /** Does at once what the current timer would do later. */
  cutShort(service: ServiceRecord, event: "start-timed-out" | "stop-timed-out"): void {
    this.#launcher.cancelTimer(service);
    this.#reactor.react(service, event);
  }
}

// ---- What an ended main process has left: an addition to the reference, where a service ends with its main process

/** The stop took too long: kills what still runs (8.7). */
export function kill(launcher: Launcher, service: ServiceRecord): void {
  launcher.killHard(service);
  killRemains(launcher, service);
}

/** The main process of a service is about to be forgotten: notes what identifies the processes that it leaves. */
export function noteRemains(host: ProcessHost, service: ServiceRecord, pid: number | undefined): void {
  const { type, description, process } = service;
  if (description.killMode === "process" || processKind(type) === "script" || pid === undefined) return;
  const remains = host.remainsOf?.(pid);
  process.remains = remains === undefined ? undefined : { ...remains, signal: 0 };
}

/** Asks what is left to end. False: there is nothing to wait for. */
function endRemains(host: ProcessHost, service: ServiceRecord): boolean {
  return signalRemains(host, service, Signal.TERM);
}

/** Kills what is left, or, while the main process runs, everything that `kill-mode` means. */
export function killRemains(
  { host, reporter }: { readonly host: ProcessHost; readonly reporter: FactReporter },
  service: ServiceRecord,
): void {
  const { process, description } = service;
  if (endsRemains(process)) {
    reporter.report(service, { kind: "stop-overdue", role: "remains", pid: undefined });
    signalRemains(host, service, Signal.KILL);
  } else if (description.killMode !== "process" && process.main.pid !== undefined && !process.main.foreign) {
    const all = host.remainsOf?.(process.main.pid);
    if (all !== undefined) host.endRemains?.(service, all, Signal.KILL);
  }
}

/** After a restore: the host must learn again what is being ended. False: this host cannot end it. */
export function continueRemains(host: ProcessHost, service: ServiceRecord): boolean {
  return signalRemains(host, service, service.process.remains?.signal ?? 0);
}

function signalRemains(host: ProcessHost, service: ServiceRecord, signal: number): boolean {
  const { process } = service;
  if (process.remains === undefined || host.endRemains === undefined) return false;
  const { signal: _before, ...remains } = process.remains;
  process.remains = { ...remains, signal };
  host.endRemains(service, remains, signal);
  return true;
}
