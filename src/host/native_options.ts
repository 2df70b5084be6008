/** What the native host is given. */

import type { EngineEvents } from "../engine/mod.ts";
import type { DescriptorStream } from "../system/mod.ts";

/** What happens to processes is reported here, never from inside a call. */
export type HostReports = Pick<
  EngineEvents,
  "execSucceeded" | "execFailed" | "exited" | "ready" | "readinessClosed" | "allKilled"
>;

/** Options of `NativeHost`. */
export interface NativeHostOptions {
  /** Serves the control connection that a process has been given. @default it is closed */
  readonly serveControl?: (stream: DescriptorStream) => void;
  /** Writes a warning to the daemon's log. @default it is lost */
  readonly warn?: (text: string) => void;
  /** The daemon's group, for services with a relative `run-in-cgroup`. @default what `/proc/self/cgroup` says */
  readonly cgroup?: string;
  /** Milliseconds between TERM and KILL for `kill-all-on-stop` (lifecycle 8.15). @default 1000 */
  readonly killAllPause?: number;
  /**
   * How long the end of a readiness descriptor without a word waits for the end of its process, in milliseconds. A
   * process that crashes closes the descriptor a moment before its end can be seen, and how it ended says more.
   * @default 100
   */
  readonly endPatience?: number;
  /** Where the tools of exec chains are searched, separated by colons. @default the system's folders */
  readonly toolFolders?: string;
  /** The table of logins. @default the system's */
  readonly loginFile?: string;
}
