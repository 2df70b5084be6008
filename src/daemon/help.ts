/** What `dinit --version` and `dinit --help` print (daemon and init 1.6). */

import { DINIT_VERSION, PRODUCT_TEXT } from "../model/mod.ts";

/** What the reference can be built with, by the names that it gives; packagers and scripts look for them. */
const FEATURES = "cgroups utmp supplemental-groups capabilities io-priority oom-score-adjust";

/** The text of `--version`. */
export function versionText(atTerminal: boolean): string {
  const text = `Dinit version ${DINIT_VERSION}.\nSupported features: ${FEATURES}\n`;
  return atTerminal ? text + PRODUCT_TEXT : text;
}

/** The text of `--help`. */
export const HELP_TEXT = `dinit: init/service manager daemon
 --help                       display (this) help
 --version                    display version
 --env-file <file>, -e <file>
                              environment variable initialisation file
 --services-dir <dir>, -d <dir>
                              set base directory for service description
                              files, can be specified multiple times
 --system, -s                 run as the system service manager
 --system-mgr, -m             run as system manager (perform shutdown etc)
 --user, -u                   run as a user service manager
 --container, -o              run in container mode (do not manage system)
 --auto-recovery, -r          auto-run recovery service on system manager boot failure
 --socket-path <path>, -p <path>
                              path to control socket
 --ready-fd <fd>, -F <fd>
                              file descriptor to report readiness
 --cgroup-path <path>, -b <path>
                              cgroup base path (for resolving relative paths)
 --log-file <file>, -l <file> log to the specified file
 --quiet, -q                  disable output to standard output
 <service-name>, --service <service-name>, -t <service-name>
                              start service with name <service-name>

Not in the original:
 --exit-with <service>        start that service, too; when it ends for good, stop all others and
                              exit with its status (not for a system manager)
 --log-format <format>        format of the log file: text, or json: every fact as one JSON object a line
 --host <kind>                what starts processes: native (needs the permission --allow-ffi),
                              command (Deno.Command), or auto: native if it can be had

This program also holds the tools: dinit ctl, dinit check, dinit monitor, dinit completion, dinit help.
`;
