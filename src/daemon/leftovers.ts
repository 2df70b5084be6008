/**
 * What to do about processes that an earlier daemon left behind when it was killed: they are ended before any
 * service is started, because a second store on the same data, or a second web server on the same port, is worse
 * than a moment without.
 */

import { endProcesses, type JournalEntry, readJournal, stillRunning } from "../host/mod.ts";
import type { MessageLog } from "../log/mod.ts";

/** Ends what the journal at `path` says is left, and tells so. */
export async function endLeftovers(path: string, log: MessageLog): Promise<void> {
  const entries = readJournal(path);
  if (entries.length === 0) return;
  try {
    const left = stillRunning(entries);
    announce(left.map(describe), log);
    await endProcesses(left);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    await endByProgram(path, entries, log);
  }
}

function describe({ service, pid }: JournalEntry): string {
  return `${service} (pid ${pid})`;
}

function announce(left: readonly string[], log: MessageLog): void {
  if (left.length === 0) return;
  log.message(
    "warn",
    `an earlier instance was killed and left processes running; ending them: ${left.join(", ")}`,
  );
}

/** With narrow permissions: a program that may do it does it. */
async function endByProgram(path: string, entries: readonly JournalEntry[], log: MessageLog): Promise<void> {
  const program = new URL("../host/end_leftovers.ts", import.meta.url).pathname;
  try {
    const args = ["run", "--no-config", "--no-prompt", "--allow-all", decodeURIComponent(program), path];
    const { success, stdout } = await new Deno.Command("deno", { args, stderr: "null" }).output();
    if (!success) throw new Error("the program that ends them failed");
    const found = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
    if (found.length === 0) return;
    log.message(
      "warn",
      `an earlier instance was killed and left processes running; ended them: ${found.join(", ")}`,
    );
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const names = entries.map(describe).join(", ");
    const remedy = "grant --allow-all or --allow-run=deno to have them ended, or end them yourself";
    log.message(
      "warn",
      `an earlier instance was killed and may have left processes running: ${names}; ${remedy}`,
    );
  }
}
