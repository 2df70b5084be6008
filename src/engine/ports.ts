/**
 * The interfaces that the engine needs. A host implements `ProcessHost`, the daemon the rest; tests use fakes. Every
 * call returns at once. Later results arrive as events of `EngineEvents`, never from inside a call, so that the engine
 * is never re-entered.
 */

import type {
  BufferedOutput,
  BufferReading,
  EnvironmentOverlay,
  ExitStatus,
  LaunchFailure,
  LaunchStage,
  ServiceDescription,
  ServiceEvent,
} from "../model/mod.ts";
import type { ProcessRole, ServiceRecord } from "./graph/record.ts";
import type { Remains } from "./graph/remains.ts";
import type { LaunchPlan } from "./launcher/launch_plan.ts";

/** The purpose of a timer. The engine uses those of `TimerPurpose`; other code may add its own. */
export type TimerName = string;

/** Monotonic time, and one timer per service and purpose. */
export interface Clock {
  /** Milliseconds since a fixed moment; never runs backwards. */
  now(): number;
  /**
   * The time of day at a time of this clock, in milliseconds since 1970. It is always the same for the same time, unless
   * somebody sets the time of day.
   */
  wallOf(time: number): number;
  /** Sets a timer of a service to a time of this clock, in place of an earlier one. */
  setTimer(id: number, purpose: TimerName, at: number): void;
  /** Turns a timer of a service off. It may be off already. */
  clearTimer(id: number, purpose: TimerName): void;
}

/** The outcome of sending a signal. */
export type SignalOutcome = "sent" | "no-process" | "bad-signal" | { readonly errno: number };

/** The result of reading the pid file of a bgprocess (lifecycle 8.11). */
export type PidFileOutcome =
  /** A running process; `child` says whether its exit will be reported. */
  | { readonly kind: "running"; readonly pid: number; readonly child: boolean }
  /** A child that has already ended. */
  | { readonly kind: "ended"; readonly pid: number; readonly exit: ExitStatus }
  /**
   * The file names no usable process; −1 if it contains no number. `exit`: the exit status of that process, if the host
   * has already seen it.
   */
  | { readonly kind: "invalid"; readonly pid: number; readonly exit?: ExitStatus }
  | { readonly kind: "unreadable"; readonly step: "open" | "read"; readonly errno: number };

/** A launch that failed before there was a process. */
export interface LaunchRefusal extends LaunchFailure {
  /** The reason in words, for people. */
  readonly error: string;
  /** The line for the log. @default the name of the service and the reason */
  readonly message?: string;
}

/** Starts, signals and watches processes. */
export interface ProcessHost {
  /**
   * The first setting of a description that this host does not support, with the reason and the remedy; `undefined` if
   * it can run the service.
   */
  unsupported(description: ServiceDescription): { setting: string; message: string } | undefined;
  /**
   * Starts a process. The host reports later whether the program could be executed. Returns a process id, or the
   * failure before there was a process (lifecycle 8.4). Without an id there is no process yet: `launched` or
   * `execFailed` follows.
   */
  launch(plan: LaunchPlan): { readonly pid: number | undefined } | LaunchRefusal;
  /**
   * A process that the host will report about: it runs, its launch is under way, or after a restore only its end or the
   * result of its execution is to come. `undefined`: there is none. @default none is taken over
   */
  processOf?(id: number, role: ProcessRole): { readonly pid: number | undefined } | undefined;
  /**
   * Sends a signal to the process, or to its process group. A process that is being launched gets it when it exists.
   */
  signal(id: number, role: ProcessRole, signal: number, group: boolean): SignalOutcome;
  /**
   * What identifies the processes that a main process leaves: called when its end is reported. @default the host cannot
   * end what processes leave, and refuses services that need it
   */
  remainsOf?(pid: number): Remains;
  /**
   * Sends a signal to what the main process of a service has left, according to its `kill-mode`, and to what appears
   * later. The report `remains` follows: with what was found, if anything was, and without processes when nothing is
   * left. Until then, another call may only raise TERM to KILL.
   */
  endRemains?(service: ServiceRecord, remains: Remains, signal: number): void;
  /** Opens the activation socket unless it is open; returns a failure (lifecycle 8.17). */
  openActivationSocket(service: ServiceRecord): LaunchRefusal | undefined;
  /** The service became inactive: its activation socket is closed. */
  serviceInactive(service: ServiceRecord): void;
  /** The service was unloaded: drops everything that was kept for it (output pipe, log buffer). */
  serviceUnloaded(service: ServiceRecord): void;
  /** Reads the pid file and checks the process that it names, which becomes the main process. */
  adoptFromPidFile(service: ServiceRecord): PidFileOutcome;
  /** Sends TERM, then KILL, to all processes of the system; `allKilled` follows. */
  killAll(id: number): void;
  /** The last buffered output, or `undefined` if the service has no log buffer. */
  bufferedLog(service: ServiceRecord, reading: BufferReading): BufferedOutput | undefined;
}

/** The reports of hosts, clocks and consoles. */
export interface EngineEvents {
  /** The process of an earlier launch exists now. Not reported if `launch` returned its id. */
  launched(id: number, role: ProcessRole, pid: number): void;
  /** A process of a service runs its program. */
  execSucceeded(id: number, role: ProcessRole): void;
  /**
   * The program of a process could not be executed, because of the error `errno` at a step; there is no
   * process. With a refusal, the launch failed before there was a process.
   */
  execFailed(
    id: number,
    role: ProcessRole,
    stage: LaunchStage,
    errno: number,
    refusal?: LaunchRefusal,
  ): void;
  /** A process of a service has ended. */
  exited(id: number, role: ProcessRole, exit: ExitStatus): void;
  /** The ended main process of a service has left these processes, which got a signal; none: nothing is left now. */
  remains(id: number, pids: readonly number[]): void;
  /** The process announced its readiness. */
  ready(id: number): void;
  /** The process closed its readiness descriptor without an announcement. */
  readinessClosed(id: number): void;
  /** A timer of a service has expired. */
  timerExpired(id: number, purpose: TimerName): void;
  /** `killAll` is complete. */
  allKilled(id: number): void;
  /** The console log has finished its line and gives the console to a service. */
  consoleYielded(): void;
}

/** The console, which the engine lends to services (lifecycle 9). */
export interface ConsolePort {
  /** Asks the console log to yield. True: it has yielded; false: `consoleYielded` follows. */
  requestConsole(): boolean;
  /** No service wants the console any more: the log takes it back. */
  returnConsole(): void;
  /** Makes the daemon's process group the foreground group of the terminal again. */
  takeForeground(): void;
}

/** The environment of the daemon, which its processes inherit. `MainEnvironment` of the descriptions is one. */
export interface EnvironmentPort {
  /** The environment of a process: an overlay over the environment as it is now (8.6). */
  compose(overlay: EnvironmentOverlay): ReadonlyMap<string, string>;
  /** Sets a variable. Returns whether it had a value before. Throws `LimitError`. */
  set(name: string, value: string): boolean;
  /** Removes a variable. Returns whether it had a value before. Throws `LimitError`. */
  unset(name: string): boolean;
  /** All variables. */
  entries(): [name: string, value: string][];
}

/** Receives the events of its services, synchronously. It must not call the engine. */
export interface ServiceListener {
  /** Takes one event. */
  serviceEvent(service: ServiceRecord, event: ServiceEvent): void;
}

/** Receives run-time changes of the environment; `undefined`: the variable was removed. */
export interface EnvironmentListener {
  /** Takes one change; `replaced`: the variable had a value before. */
  environmentChanged(name: string, value: string | undefined, replaced: boolean): void;
}
