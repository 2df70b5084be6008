/**
 * Processes that a killed daemon left behind: finding out which of them still run, and ending them. This reads
 * `/proc` and signals by process id, for which the runtime wants every permission.
 */

import type { JournalEntry } from "./process_journal.ts";

/** How exactly the recorded start of a process has to match what the system says, in milliseconds. */
const SAME_START = 2000;
/** The unit of process times in `/proc`: 1/100 s on every Linux that is in use. */
const MS_PER_TICK = 10;

/** Which of the recorded processes still run. A process id that has come to mean another process does not count. */
export function stillRunning(entries: readonly JournalEntry[]): JournalEntry[] {
  const bootTime = Number(/^btime (\d+)$/m.exec(Deno.readTextFileSync("/proc/stat"))?.[1]) * 1000;
  return entries.filter(({ pid, started }) => {
    const stat = processStat(pid);
    if (stat === undefined || stat.state === "Z" || stat.session !== pid) return false;
    return Math.abs(bootTime + stat.startTicks * MS_PER_TICK - started) <= SAME_START;
  });
}

/** Some fields of `/proc/PID/stat`; `undefined` if there is no such process. */
function processStat(pid: number): { state: string; session: number; startTicks: number } | undefined {
  let text: string;
  try {
    text = Deno.readTextFileSync(`/proc/${pid}/stat`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || (error as { code?: string }).code === "ESRCH") {
      return undefined;
    }
    throw error;
  }
  // The second field is the program's name in parentheses, which may hold anything.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0], session: Number(fields[3]), startTicks: Number(fields[19]) };
}

/** Options of `endProcesses`. */
export interface EndOptions {
  /** How long processes may take to end by themselves, in milliseconds. @default 5000 */
  readonly patience?: number;
  /** How often to look whether they have ended, in milliseconds. @default 20 */
  readonly interval?: number;
}

/** Asks processes and their groups to end, and kills those that have not when patience is over. */
export async function endProcesses(
  entries: readonly JournalEntry[],
  options: EndOptions = {},
): Promise<void> {
  const { patience = 5000, interval = 20 } = options;
  const until = performance.now() + patience;
  let left = [...entries];
  for (const { pid } of left) signalGroup(pid, "SIGTERM");
  while (left.length > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, interval));
    left = stillRunning(left);
  }
  for (const { pid } of left) signalGroup(pid, "SIGKILL");
}

/** Signals a group that has just been seen to be led by the process. */
function signalGroup(pid: number, signal: Deno.Signal): void {
  if (pid <= 1) return;
  try {
    Deno.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error)) throw error; // it ended in between
  }
}
