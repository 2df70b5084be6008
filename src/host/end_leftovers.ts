/**
 * A program of its own: ends the processes that the journal named by its argument says are left, and prints those
 * that it found, one `NAME (pid N)` in a line. A daemon with narrow permissions runs it with `deno run`, because it
 * may not look at other processes itself.
 *
 * @module
 */

import { endProcesses, stillRunning } from "./leftovers.ts";
import { readJournal } from "./process_journal.ts";

if (import.meta.main) {
  const left = stillRunning(readJournal(Deno.args[0]));
  const found = left.map(({ service, pid }) => `${service} (pid ${pid})\n`).join("");
  await Deno.stdout.write(new TextEncoder().encode(found));
  await endProcesses(left);
}
