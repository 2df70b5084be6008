/**
 * `dinit help man NAME`: shows a manual page on a terminal, and otherwise prints its source, for `man -l -` or a file.
 */

import { type CtlIo, processIo } from "../shared/io.ts";
import { manualPages } from "./pages.ts";
import { plainPage } from "./plain.ts";
import { roffPage } from "./roff.ts";
import { showText } from "../shared/pager.ts";

/** The source of each manual page by its name. */
export function manualSources(): ReadonlyMap<string, string> {
  return new Map(manualPages().map((page) => [page.name, roffPage(page)]));
}

/**
 * Shows or prints the named manual page. Returns the exit status. Without a valid name, prints all names and returns 1.
 *
 * @param io the surroundings. @default those of this process
 */
export async function runManual(
  args: readonly string[],
  io: CtlIo = processIo(),
): Promise<number> {
  const pages = manualPages();
  const [name] = args;
  const page = args.length === 1
    ? pages.find((page) => page.name === name || page.aliases?.includes(name))
    : undefined;
  if (page === undefined) {
    if (name !== undefined) io.err(`dinit: no manual page '${args.join(" ")}'\n`);
    io.err(`Usage: dinit help man ${pages.map((page) => page.name).join("|")}\n`);
    return 1;
  }
  if (io.terminal() === undefined) io.out(roffPage(page));
  else await showText(plainPage(page), io);
  return 0;
}
