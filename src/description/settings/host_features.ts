/** What settings need from a host, apart from starting a program, signalling it and waiting for its end. */

import type { ServiceDescription } from "../../model/mod.ts";
import type { TypeName } from "./type_names.ts";

/**
 * A feature that only some hosts have. Each host lists its features; each row of the settings table lists the features
 * that it needs.
 *
 * - `background-process`: follow a process whose parent has ended
 * - `descriptor`: pass a descriptor other than the three standard ones
 * - `activation-socket`: open a socket and pass it
 * - `pipe`: connect the output of one service with the input of another
 * - `console`: give the terminal to a service
 * - `kill-all`: end all other processes of the machine
 * - `user`: run a process as another user
 * - `supplementary-groups`: give a process the groups of a user
 * - `login-record`: enter a process into the utmp database
 * - `control-group-limits`: make a control group with limits
 * - `remaining-processes`: find and end what a main process has left
 * - `health-connection`: connect to a service, to check it
 * - `notify-socket`: receive the messages of a process
 * - `log-limits`: rotate the log file while the process writes to it
 * - `log-keeper`: keep the log with a separate program
 */
export type HostFeature =
  | "background-process"
  | "descriptor"
  | "activation-socket"
  | "pipe"
  | "console"
  | "kill-all"
  | "user"
  | "supplementary-groups"
  | "resource-limit"
  | "nice"
  | "io-priority"
  | "oom-score"
  | "control-group"
  | "control-group-limits"
  | "capabilities"
  | "secure-bits"
  | "no-new-privileges"
  | "login-record"
  | "remaining-processes"
  | "health-connection"
  | "notify-socket"
  | "log-limits"
  | "log-keeper";

/** One feature that a setting, or a flag of a setting, may need. */
export interface HostNeed {
  /** What the host has to be able to do. */
  readonly feature: HostFeature;
  /** Whether a description needs the feature, for a service of a type in `types`. */
  readonly asks: (description: ServiceDescription) => boolean;
  /**
   * The setting as messages name it; with the value if only that value needs the feature.
   * @default the name of the setting, or `options = FLAG`
   */
  readonly label?: string;
  /**
   * The types of services that need the feature.
   * @default those that use the setting
   */
  readonly types?: readonly TypeName[];
}

/** A need, completed with the facts of its row. */
export interface TableNeed extends Required<HostNeed> {
  /** The name of the setting, or of the flag. */
  readonly name: string;
}

/** The need for a feature, for descriptions for which `asks` is true. */
export function need(
  feature: HostFeature,
  asks: (description: ServiceDescription) => boolean,
  more: Pick<HostNeed, "label" | "types"> = {},
): HostNeed {
  return { feature, asks, ...more };
}
