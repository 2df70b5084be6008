/** What tests of the journal of running processes share. Separate programs use it, too, so it has no packages. */

import { until } from "../_patience.ts";
import { outputOf } from "../_processes.ts";
import {
  type BootClock,
  type Journal,
  loadHost,
  NO_RECORD,
  parseJournal,
  ProcessJournal,
  readJournalText,
} from "../../src/host/mod.ts";
import type { LaunchPlan } from "../../src/engine/mod.ts";
import { plan } from "./_host.ts";

const nothing = () => {};

/** The clock of the native host. */
export const clock: BootClock = (await loadHost("native"))(
  {
    launched: nothing,
    execSucceeded: nothing,
    execFailed: nothing,
    exited: nothing,
    ready: nothing,
    readinessClosed: nothing,
    remains: nothing,
    allKilled: nothing,
  },
  NO_RECORD,
).bootClock;

/** A path for a journal in a folder that is removed at the end. */
export function place(): { folder: string; path: string; [Symbol.dispose](): void } {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-journal-" });
  return {
    folder,
    path: `${folder}/s.processes`,
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

/** A journal that records; warnings go into `warnings`. */
export function recording(path: string, warnings: string[] = []): ProcessJournal {
  const journal = new ProcessJournal(path, { clock, warn: (text) => warnings.push(text) });
  journal.begin();
  return journal;
}

/** Records a process, in one go. */
export function record(journal: ProcessJournal, pid: number, service: string): void {
  const number = journal.launching(launch(service));
  journal.commit();
  journal.started(number, pid);
}

/** The plan of a launch. */
export function launch(name: string, changes: Partial<LaunchPlan> = {}): LaunchPlan {
  return { ...plan(["/bin/sleep", "1000"]), name, ...changes };
}

/** The current contents of the file. Lines are written at the end of a turn. */
export async function told(path: string): Promise<Journal> {
  await Promise.resolve();
  return parseJournal(readJournalText(path));
}

/** The services of the processes in the file. */
export async function services(path: string): Promise<string[]> {
  return (await told(path)).entries.map(({ service }) => service);
}

export { until };

/** Runs a TypeScript program with all permissions to its end. `words` are its arguments. */
export async function runProgram(text: string, words: readonly string[]): Promise<Deno.CommandOutput> {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-program-" });
  try {
    const file = `${folder}/program.ts`;
    Deno.writeTextFileSync(file, text);
    const args = ["run", "--quiet", "--no-check", "--allow-all", file, ...words];
    return await outputOf(Deno.execPath(), { args });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The address of a file beside this one, for programs. */
export function beside(name: string): string {
  return new URL(name, import.meta.url).href;
}
