/** The manual pages of the commands for moving in and out: `import`, `export` and `wait-for`. */

import { DINIT_EXPORT, DINIT_IMPORT, DINIT_WAIT_FOR, type Program } from "../../options/programs.ts";
import { type FromTable, plainPage } from "./project_pages.ts";
import type { ManualPage } from "./roff.ts";

/** The three pages. */
export function movingPages(fromTable: (program: Program) => FromTable): ManualPage[] {
  return [
    plainPage(fromTable(DINIT_IMPORT), [
      "Reads files of other programs and writes service descriptions to a directory. The kinds are units of " +
      "systemd with their drop-ins, compose files, Procfiles, configurations of supervisord, ecosystem files of " +
      "pm2, and service directories of runit. Without a kind, the names of the files tell it.",
      "Each directive of the input gets one of four classes in the account: carried, if it means the same here; " +
      "changed, if it means the same in other words; decide, if a comment in the file says what to decide; " +
      "lost, if nothing here does it. The written descriptions load; dinit check shows what they need.",
      "No file is replaced without --force. If writing fails, no file has changed.",
    ], [
      "0 if nothing was lost; 3 if a directive has no counterpart, or 1 with --strict; 1 if nothing was written " +
      "because of an error.",
    ]),
    plainPage(fromTable(DINIT_EXPORT), [
      "Reads services and all that they depend on, and writes them as files of another program, with an account of " +
      "each setting. kubernetes: a pod runs dinit as process 1 with all services, or one more pod for each service " +
      "of --split; with --split-jobs, scheduled services become cron jobs. systemd: a unit for each service. compose: a container for each service with a process.",
      "@meta export-port PORT in a description names a port that others may use, and @meta export-data PATH a " +
      "folder that has to outlive the container.",
    ], [
      "0 if nothing was lost; 3 if a setting has no counterpart, or 1 with --strict; 1 if nothing was written " +
      "because of an error.",
    ]),
    plainPage(fromTable(DINIT_WAIT_FOR), [
      "Tries to connect, four times a second, until all ports and sockets have accepted a connection.",
    ], ["0 when all of them have accepted a connection, and 1 after the timeout or a mistake."]),
  ];
}
