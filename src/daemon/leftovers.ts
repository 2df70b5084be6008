/**
 * Ends the leftovers of a killed daemon before any service is started. A second store on the same data, or a second web
 * server on the same port, would be worse than a short pause.
 */

import type { MessageLog } from "../log/mod.ts";
import { inheritedEnvironment } from "../inherited/mod.ts";
import type { Journal, JournalEntry } from "../host/mod.ts";
import { endProcesses, findLeftovers, launchesOver, RefusedVariables } from "../host/leftover_processes.ts";

/**
 * Ends the leftovers in the journal, which is the file at `path`, and logs them.
 *
 * @param entries those to end. @default all
 */
export async function endLeftovers(
  journal: Journal,
  path: string,
  log: MessageLog,
  entries = journal.entries,
): Promise<void> {
  if (journal.newer !== undefined) {
    const what = `${path} was written by a newer version (format ${journal.newer})`;
    log.message("warn", `${what}; processes that an earlier instance left running are not ended`);
  }
  const unknown = entries.filter(({ since }) => since === undefined);
  if (unknown.length > 0) maybeLeft(unknown, "grant --allow-sys=osUptime so that dinit can end them", log);
  if (entries.length === unknown.length) return;
  try {
    await launchesOver({ entries });
    const left = findLeftovers(journal, entries);
    announce(left.map(describe), log);
    await endProcesses(journal, left);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    await endByProgram(path, journal, log);
  }
}

function describe({ service, pid }: { readonly service: string; readonly pid: number | undefined }): string {
  return pid === undefined ? service : `${service} (pid ${pid})`;
}

function announce(left: readonly string[], log: MessageLog): void {
  if (left.length === 0) return;
  log.message(
    "warn",
    `an earlier instance was killed and left processes running; ending them: ${left.join(", ")}`,
  );
}

/** With narrow permissions: runs a program that has the permission. */
async function endByProgram(path: string, { entries }: Journal, log: MessageLog): Promise<void> {
  const program = new URL("../host/processes/end_leftovers.ts", import.meta.url).pathname;
  try {
    const args = ["run", "--no-config", "--no-prompt", "--allow-all", decodeURIComponent(program), path];
    // Removed variables were logged for services, or will be.
    const env = new RefusedVariables().passable(inheritedEnvironment());
    const { success, stdout } = await new Deno.Command("deno", { args, clearEnv: true, env, stderr: "null" })
      .output();
    if (!success) throw new Error("the program that ends them failed");
    const found = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
    if (found.length === 0) return;
    log.message(
      "warn",
      `an earlier instance was killed and left processes running; ended them: ${found.join(", ")}`,
    );
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    maybeLeft(entries, "grant --allow-all or --allow-run=deno so that dinit can end them", log);
  }
}

function maybeLeft(entries: readonly JournalEntry[], remedy: string, log: MessageLog): void {
  const names = entries.map(describe).join(", ");
  log.message(
    "warn",
    `an earlier instance was killed and may have left processes running: ${names}; ${remedy}, or end them yourself`,
  );
}
