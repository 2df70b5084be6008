/** `dinit help man NAME`: prints a manual page, for `man -l -` or a file. */

import { type CtlIo, processIo } from "./io.ts";
import { manualPages } from "./manual/pages.ts";
import { roffPage } from "./manual/roff.ts";

/** The source of each manual page by its name. `daemonHelp` is what `dinit --help` prints. */
export function manualSources(daemonHelp: string): ReadonlyMap<string, string> {
  return new Map(manualPages(daemonHelp).map((page) => [page.name, roffPage(page)]));
}

/**
 * Prints the manual page that the arguments name. Returns the exit status: 1, with the names that there are, if they
 * name none.
 *
 * @param daemonHelp what `dinit --help` prints
 * @param io the surroundings. @default those of this process
 */
export function runManual(args: readonly string[], daemonHelp: string, io: CtlIo = processIo()): number {
  const sources = manualSources(daemonHelp);
  const source = args.length === 1 ? sources.get(args[0]) : undefined;
  if (source === undefined) {
    io.err(`Usage: dinit help man ${[...sources.keys()].join("|")}\n`);
    return 1;
  }
  io.out(source);
  return 0;
}
