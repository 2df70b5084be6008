/** What a daemon is given, and what it returns. */

import type { ConsoleLog, DaemonLog, MainLog } from "../log/mod.ts";
import type { Ground } from "./ground.ts";
import type { MachineOwner } from "./machine_owner.ts";
import type { DaemonOptions } from "./options.ts";
import type { Projects } from "./projects.ts";
import type { ServiceLines, ServiceLinesContext } from "./service_lines.ts";
import type { Signals } from "./signals.ts";
import type { StrayErrors } from "./stray_errors.ts";
import type { Continuation } from "./surviving/continuation.ts";

/** How the daemon ended. */
export interface DaemonEnd {
  readonly status: number;
  /** The daemon must end itself by SIGINT, because a reboot was requested (daemon and init 6.2). */
  readonly interrupted: boolean;
}

/** Makes what shows the lines of services. */
export type LinesMaker = (parts: Omit<ServiceLinesContext, "display">) => ServiceLines;

/** What a daemon is given. */
export interface DaemonContext {
  readonly options: DaemonOptions;
  readonly log: DaemonLog;
  readonly console: ConsoleLog;
  readonly mainLog: MainLog;
  readonly signals: Signals;
  readonly stray: StrayErrors;
  /** Makes what shows the lines of services on the console. @default undefined, they are not shown */
  readonly lines: LinesMaker | undefined;
  /** The C library receives the signals. */
  readonly byLibrary: boolean;
  readonly ground: Ground;
  /** Another way to find descriptions. */
  readonly projects: Projects;
  /** Ends the guard of a program that has not yet continued. */
  readonly unguard: (() => void) | undefined;
  /** The state from which the daemon continues; `undefined`: it is new. */
  readonly continuation: Continuation | undefined;
  /** The machine, if the daemon owns one. */
  readonly machine: MachineOwner | undefined;
}
