/** What `dinit --version` and `dinit --help` print (daemon and init 1.6). */

/** The release of the reference whose behaviour this program has. */
export const DINIT_VERSION = "0.22.1";

/** The version of this program; the same as in `deno.json`. */
export const PRODUCT_VERSION = "0.1.0";

/** The text of `--version`. */
export const VERSION_TEXT = `Dinit version ${DINIT_VERSION}.\n`;

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
