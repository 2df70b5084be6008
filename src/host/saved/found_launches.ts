/** Finds the children that an earlier program in the same process was making when it had a fault. */

import { parseStat } from "../../system/mod.ts";
import type { JournalEntry } from "../processes/journal_format.ts";
import { isInTime, isLaunchOf, runsCommandOf } from "../processes/leftovers.ts";
import { type OtherProcess, programOf } from "../processes/other_processes.ts";
import { sleep } from "../sleep.ts";

/** How long a child may take to execute its program, in milliseconds. */
const EXECUTION_LIMIT = 2000;
const EXECUTION_INTERVAL = 5;
/** The kernel cuts the names of programs to this length. */
const NAME_LENGTH = 15;

/** A child with the name of its program, which is known even after its end. */
interface Child extends OtherProcess {
  readonly program: string;
}

/** A launch and its process. */
export interface FoundLaunch {
  readonly entry: JournalEntry;
  readonly pid: number;
  readonly startTicks: number;
}

/**
 * Finds the process of each launch: by the id that the system had told the earlier program, otherwise by its command.
 *
 * @param known children that belong to other launches
 * @param told process ids by the numbers of launches
 */
export async function findLaunches(
  launches: readonly JournalEntry[],
  known: ReadonlySet<number>,
  told: ReadonlyMap<number, number>,
): Promise<FoundLaunch[]> {
  if (launches.length === 0) return [];
  const found: FoundLaunch[] = [];
  const free = (await executedChildren()).filter(({ pid }) => !known.has(pid));
  const take = (entry: JournalEntry, isIts: (child: Child) => boolean) => {
    const index = free.findIndex((child) => isInTime(entry, child) && isIts(child));
    if (index === -1) return false;
    const [{ pid, startTicks }] = free.splice(index, 1);
    found.push({ entry, pid, startTicks });
    return true;
  };
  const rest = launches.filter((entry) => !take(entry, ({ pid }) => pid === told.get(entry.launch)));
  // A child that runs shows its whole command, an ended one only a name. So the better evidence comes first.
  const unseen = rest.filter((entry) => !take(entry, (child) => runsCommandOf(entry, child)));
  for (const entry of unseen) take(entry, (child) => isChildOf(entry, child));
  return found;
}

/** The children, once each of them has executed its program: before that it has the program of this daemon. */
async function executedChildren(): Promise<Child[]> {
  const own = programOf(Deno.pid);
  const until = performance.now() + EXECUTION_LIMIT;
  for (;;) {
    const children = ownChildren();
    const inTheMaking = children.some(({ pid, threads, state }) =>
      threads === 1 && state !== "Z" && programOf(pid) === own
    );
    if (!inTheMaking || performance.now() > until) return children;
    await sleep(EXECUTION_INTERVAL);
  }
}

function isChildOf(entry: JournalEntry, child: Child): boolean {
  if (child.state !== "Z") return isLaunchOf(entry, child);
  const [command = ""] = entry.command;
  return child.program ===
    command.slice(command.lastIndexOf("/") + 1, NAME_LENGTH + command.lastIndexOf("/") + 1);
}

/** All children, also ended ones that are not reaped. */
function ownChildren(): Child[] {
  const children: Child[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const text = statOf(pid);
    if (text === undefined) continue;
    const stat = parseStat(text);
    const program = text.slice(text.indexOf("(") + 1, text.lastIndexOf(")"));
    if (stat.parent === Deno.pid) children.push({ pid, program, ...stat });
  }
  return children;
}

function statOf(pid: number): string | undefined {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/stat`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return undefined; // it has ended
  }
}
