/** The stages of a launch in the queue. */

import type { LaunchPlan } from "../../engine/mod.ts";
import type { SpawnWork } from "../../system/mod.ts";
import type { LaunchNumber } from "../processes/process_record.ts";
import type { LaunchFault } from "./launch_errors.ts";
import type { PreparedLaunch } from "./native_launch.ts";

/** A signal to a process that does not exist yet. */
export interface HeldSignal {
  readonly signal: number;
  readonly group: boolean;
}

/** A launch that was requested and is not over. */
export interface Request {
  plan: LaunchPlan;
  readonly signals: HeldSignal[];
  /** Its descriptors are open, and it waits until no other launch is in flight. */
  ready?: Ready;
}

/** A launch that can begin. */
export interface Ready {
  readonly request: Request;
  readonly prepared: PreparedLaunch;
  readonly work: SpawnWork;
}

/** A launch in flight. */
export interface Flight extends Ready {
  readonly order: number;
  readonly launch: LaunchNumber;
  /** When it began, in milliseconds. */
  readonly begin: number;
}

/** A launch that failed before it began. */
export interface Unprepared {
  readonly error: LaunchFault;
}
