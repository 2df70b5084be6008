/** The manual pages of the commands for projects: `up`, `down`, `init` and `build`. */

import { DINIT_BUILD, DINIT_DOWN, DINIT_INIT, DINIT_UP, type Program } from "../../options/programs.ts";
import type { ManualItem, ManualPage } from "./roff.ts";

/** What a page takes from the table of programs. */
export type FromTable = Omit<ManualPage, "sections"> & { readonly options: readonly ManualItem[] };

/** The pages. */
export function projectPages(fromTable: (program: Program) => FromTable): ManualPage[] {
  return [
    plainPage(
      fromTable(DINIT_UP),
      [
        "Runs the services of the project in the current folder, and shows their lines and a summary. The services " +
        "are those of the folder dinit.d, of the file dinit.toml or of the Procfile in this folder or above it, up to " +
        "the top of the repository.",
        "Ctrl-C stops the services in order, a second one at once. If they run already, up shows them, and leaving " +
        "it leaves them running. The keys are l (which logs to show), r (restart), s (stop) and q (quit).",
        "The folder .dinit of the project holds the control socket and the logs of services that have no other log.",
      ],
      "0 after a stop that was asked for, and 1 if the descriptions have mistakes or a service has failed for good. " +
        "With --detach, 0 if all services are ready.",
    ),
    plainPage(
      fromTable(DINIT_DOWN),
      ["Stops the services that dinit up has started for this project, in order, and waits for their end."],
      "0, also if nothing runs; 1 if there is no project.",
    ),
    plainPage(
      fromTable(DINIT_INIT),
      [
        "Writes a first file dinit.toml: a service for each process of a Procfile, and for the scripts of package.json " +
        "and the tasks of deno.json that run until they are stopped, such as dev, start, serve, worker and watch.",
      ],
      "0 if the file was written; 1 if it exists, or a file of the project cannot be understood.",
    ),
    plainPage(
      fromTable(DINIT_BUILD),
      [
        "Makes service descriptions from the files NAME.service.ts of a folder. Each exports what the function " +
        "defineService of the module @dinit/dinit/service returns. Deno runs the files without any permission. The " +
        "descriptions are checked as dinit check does; the findings name the files.",
        "A mistake changes nothing. A file that dinit build has not made is only replaced with --force. Descriptions " +
        "whose files are gone are removed. If nobody describes boot, it is made, and waits for all services.",
      ],
      "0 if the descriptions are current now; 1 after a mistake, and with --check if they are not current.",
    ),
  ];
}

/** A page with a description, the options, and the exit status. */
export function plainPage(
  { options, ...rest }: FromTable,
  description: readonly string[],
  status: string | readonly string[],
): ManualPage {
  return {
    ...rest,
    sections: [
      { title: "Description", text: description },
      { title: "Options", items: [...options] },
      { title: "Exit status", text: typeof status === "string" ? [status] : status },
    ],
  };
}
