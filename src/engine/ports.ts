/**
 * What the engine asks of the world. A host implements `ProcessHost`, the daemon the rest; tests give fakes.
 * Every call returns at once. What happens later comes back as an event of `EngineEvents`, never from inside a
 * call, so that the engine is never entered twice.
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
import type { LaunchPlan } from "./launcher/launch_plan.ts";

/** What a timer is for. The engine has those of `TimerPurpose`; others may add their own. */
export type TimerName = string;

/** Monotonic time, and one timer for each service and purpose. */
export interface Clock {
  /** Milliseconds since any fixed moment; never runs backwards. */
  now(): number;
  /** The time of day, in milliseconds since 1970. */
  wall(): number;
  /** (Re)arms a timer of a service for a moment of this clock. */
  setTimer(id: number, purpose: TimerName, at: number): void;
  /** Turns a timer of a service off. It may be off already. */
  clearTimer(id: number, purpose: TimerName): void;
}

/** The outcome of sending a signal. */
export type SignalOutcome = "sent" | "no-process" | "bad-signal" | { readonly errno: number };

/** What a pid file of a bgprocess led to (lifecycle 8.11). */
export type PidFileOutcome =
  /** A running process; `child` tells whether its end will be reported. */
  | { readonly kind: "running"; readonly pid: number; readonly child: boolean }
  /** A child that has already ended. */
  | { readonly kind: "ended"; readonly pid: number; readonly exit: ExitStatus }
  /**
   * The file names no usable process; −1 if no number could be read. `exit`: how that process ended, if the host has
   * seen it end already.
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
   * The setting of a description that this host cannot carry out, with the reason and the remedy;
   * `undefined` if it can run the service.
   */
  unsupported(description: ServiceDescription): { setting: string; message: string } | undefined;
  /**
   * Starts a process. Whether the program could be executed is reported later. Returns a process id (or
   * `undefined` if there is none yet) or what failed before there was a process (lifecycle 8.4).
   */
  launch(plan: LaunchPlan): { readonly pid: number | undefined } | LaunchRefusal;
  /** Sends a signal to the process, or to its process group. */
  signal(id: number, role: ProcessRole, signal: number, group: boolean): SignalOutcome;
  /** Opens the activation socket unless it is open; returns what failed (lifecycle 8.17). */
  openActivationSocket(service: ServiceRecord): LaunchRefusal | undefined;
  /** The service became inactive: its activation socket is closed. */
  serviceInactive(service: ServiceRecord): void;
  /** The service was unloaded: whatever was kept for it (output pipe, log buffer) is dropped. */
  serviceUnloaded(service: ServiceRecord): void;
  /** Reads the pid file and looks at the process that it names; from now on that is the main process. */
  adoptFromPidFile(service: ServiceRecord): PidFileOutcome;
  /** Sends TERM, then KILL, to every process there is; `allKilled` follows. */
  killAll(id: number): void;
  /** The last of the buffered output, or `undefined` if the service has no log buffer. */
  bufferedLog(service: ServiceRecord, reading: BufferReading): BufferedOutput | undefined;
}

/** What hosts, clocks and consoles report. */
export interface EngineEvents {
  /** A process of a service runs its program. */
  execSucceeded(id: number, role: ProcessRole): void;
  /**
   * The program of a process could not be executed, because of the error `errno` at a step; there is no
   * process.
   */
  execFailed(id: number, role: ProcessRole, stage: LaunchStage, errno: number): void;
  /** A process of a service has ended. */
  exited(id: number, role: ProcessRole, exit: ExitStatus): void;
  /** The process said that it is ready. */
  ready(id: number): void;
  /** The process closed its readiness descriptor without a word. */
  readinessClosed(id: number): void;
  /** A timer of a service has expired. */
  timerExpired(id: number, purpose: TimerName): void;
  /** `killAll` is done. */
  allKilled(id: number): void;
  /** The console log has finished its line and lets a service have the console. */
  consoleYielded(): void;
}

/** The console as the engine hands it around (lifecycle 9). */
export interface ConsolePort {
  /** Asks the console log to yield. True: it has; false: `consoleYielded` follows. */
  requestConsole(): boolean;
  /** No service wants the console any more: the log has it back. */
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

/** Is told of the events of the services that it was added to, synchronously. It must not call the engine. */
export interface ServiceListener {
  /** Takes one event. */
  serviceEvent(service: ServiceRecord, event: ServiceEvent): void;
}

/** Is told of run-time changes of the environment; `undefined`: the variable was removed. */
export interface EnvironmentListener {
  /** Takes one change; `replaced`: the variable had a value before. */
  environmentChanged(name: string, value: string | undefined, replaced: boolean): void;
}
