/** The options of the native host. */

import type { EngineEvents } from "../engine/mod.ts";
import type { StateStore } from "../model/saving.ts";
import type { DescriptorStream } from "../system/mod.ts";
import type { GroupMode } from "./resources/group_hierarchy.ts";

/** Callbacks for the events of processes, never called from inside a call. */
export type HostReports = Pick<
  EngineEvents,
  | "launched"
  | "execSucceeded"
  | "execFailed"
  | "exited"
  | "ready"
  | "readinessClosed"
  | "remains"
  | "allKilled"
>;

/** Options of `NativeHost`. */
export interface NativeHostOptions {
  /**
   * The signals that processes block; bit 0 is signal 1. @default those that this program blocks
   */
  readonly blocked?: bigint;
  /**
   * How processes are launched: several at a time, on separate threads; one after the other, while the daemon waits; or in
   * the way that is faster at the moment.
   * @default "adaptive"
   */
  readonly launches?: "parallel" | "sequence" | "adaptive";
  /** Serves the control connection of a process. @default the connection is closed */
  readonly serveControl?: (stream: DescriptorStream) => void;
  /** Writes a warning to the daemon's log. @default ignored */
  readonly warn?: (text: string) => void;
  /** The folder of notification sockets. @default a folder below that of temporary files */
  readonly notifyFolder?: () => string;
  /** Receives what a later program needs to continue. @default nothing is saved */
  readonly store?: StateStore;
  /** The daemon's group, for services with a relative `run-in-cgroup`. @default the group in `/proc/self/cgroup` */
  readonly cgroup?: string;
  /** Which services get a control group that the daemon makes. @default "asked", those with a limit or `cgroup = auto` */
  readonly groups?: GroupMode;
  /** The name of the folder of these groups. @default one with the id of this process */
  readonly groupFolder?: string | undefined;
  /** Milliseconds between TERM and KILL for `kill-all-on-stop` (lifecycle 8.15). @default 1000 */
  readonly killAllPause?: number;
  /**
   * How long to wait for the exit of a process that has closed its readiness descriptor without an announcement, in
   * milliseconds. A crashing process closes the descriptor just before its exit is visible, and its exit status says
   * more.
   * @default 100
   */
  readonly endPatience?: number;
  /** The folders of the tools for exec chains, separated by colons. @default the system's folders */
  readonly toolFolders?: string;
  /** The login table. @default the system's */
  readonly loginFile?: string;
}
