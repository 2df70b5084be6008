/**
 * A separate program: reads the journal named by its argument, ends the leftovers in it, and prints those that it
 * found, one `NAME (pid N)` per line. A daemon with narrow permissions runs it with `deno run`, because it may not look
 * at other processes itself.
 *
 * @module
 */

import { endProcesses } from "./end_processes.ts";
import { readJournalText } from "./journal_file.ts";
import { parseJournal } from "./journal_format.ts";
import { findLeftovers, launchesOver } from "./leftovers.ts";

if (import.meta.main) {
  const journal = parseJournal(readJournalText(Deno.args[0]));
  await launchesOver(journal);
  const left = findLeftovers(journal);
  const found = left.map(({ service, pid }) => `${service} (pid ${pid})\n`).join("");
  await Deno.stdout.write(new TextEncoder().encode(found));
  await endProcesses(journal, left);
}
