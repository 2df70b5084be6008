/** The options of `shutdown` and its other names (daemon and init 7.1), one row each. */

import { ShutdownType } from "../model/mod.ts";
import type { Option } from "./option.ts";
import type { ShutdownProgram } from "./program_names.ts";

/** What has been read of a command line so far. */
export interface ShutdownSettings {
  help: boolean;
  type: ShutdownType;
  /** Do it at once, past the daemon. */
  system: boolean;
  /** Use the descriptor in `DINIT_CS_FD`. */
  usePassedFd: boolean;
}

/** All options, in the order of the help text. */
export const SHUTDOWN_OPTIONS: readonly Option<ShutdownSettings>[] = [
  { long: "--help", last: true, help: "show this help", apply: (s) => s.help = true },
  { short: "-r", help: "reboot.", apply: (s) => s.type = ShutdownType.REBOOT },
  {
    short: "-s",
    help: "soft-reboot (restart dinit with same boot-time arguments).",
    apply: (s) => s.type = ShutdownType.SOFTREBOOT,
  },
  { short: "-h", help: "halt system.", apply: (s) => s.type = ShutdownType.HALT },
  { short: "-p", help: "power down (default).", apply: (s) => s.type = ShutdownType.POWEROFF },
  { short: "-k", help: "execute kernel loaded via kexec.", apply: (s) => s.type = ShutdownType.KEXEC },
  {
    long: "--use-passed-cfd",
    help: "use the socket file descriptor identified by the DINIT_CS_FD\n" +
      "environment variable to communicate with the init daemon.",
    apply: (s) => s.usePassedFd = true,
  },
  {
    long: "--system",
    help: "perform shutdown immediately, instead of issuing shutdown\n" +
      "command to the init program. Not recommended for normal use.",
    apply: (s) => s.system = true,
  },
];

/** What each name of the program asks for without an option. */
export const SHUTDOWN_TYPES: Readonly<Record<ShutdownProgram, ShutdownType>> = {
  "shutdown": ShutdownType.POWEROFF,
  "halt": ShutdownType.POWEROFF,
  "poweroff": ShutdownType.POWEROFF,
  "reboot": ShutdownType.REBOOT,
  "soft-reboot": ShutdownType.SOFTREBOOT,
};
