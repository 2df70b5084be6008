/** Finds the children that an earlier program in the same process was making when it had a fault. */

import { parseStat } from "../../system/mod.ts";
import type { JournalEntry } from "../processes/journal_format.ts";
import { isInTime, isLaunchOf, runsCommandOf } from "../processes/leftovers.ts";
import { isBeingMade, type OtherProcess } from "../processes/other_processes.ts";
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

/** What became of launches. The others were never made, or failed. */
export interface FoundLaunches {
  readonly found: readonly FoundLaunch[];
  /** Children that launches have made, without a sign of which launch made which. Each leads a group. */
  readonly doubtful: readonly number[];
}

/** Whether a child is that of a launch. */
type Evidence = (entry: JournalEntry, child: Child) => boolean;

/**
 * Finds the process of each launch: by the id that the system had told the earlier program, otherwise by its command.
 *
 * @param known children that belong to other launches
 * @param begun the launches that had begun, by their numbers, with their processes as far as the system had told them;
 * `undefined`: any of them may have begun
 */
export async function findLaunches(
  launches: readonly JournalEntry[],
  known: ReadonlySet<number>,
  begun: ReadonlyMap<number, number | undefined> | undefined,
): Promise<FoundLaunches> {
  const open = new Set(launches.filter(({ launch }) => begun === undefined || begun.has(launch)));
  if (open.size === 0) return { found: [], doubtful: [] };
  const free = new Set(await executedChildren(known));
  const found: FoundLaunch[] = [];
  const match = (isIts: Evidence, isClear = (_fitting: number, _claimed: number) => true) => {
    const fits: Evidence = (entry, child) => isInTime(entry, child) && isIts(entry, child);
    for (const entry of open) {
      const [child, ...others] = [...free].filter((other) => fits(entry, other));
      if (child === undefined) continue;
      const claims = [...open].filter((other) => fits(other, child));
      if (!isClear(1 + others.length, claims.length)) continue;
      open.delete(entry);
      free.delete(child);
      found.push({ entry, pid: child.pid, startTicks: child.startTicks });
    }
  };
  const isOnly = (fitting: number, claimed: number) => fitting === 1 && claimed === 1;
  // The better evidence comes first. A child that runs shows its whole command, an ended one only a name.
  match(({ launch }, { pid }) => pid === begun?.get(launch));
  match(runsCommandOf);
  match(hasNameOf);
  match(isLaunchOf, isOnly);
  match((_, { pid, group }) => pid === group, isOnly);
  const doubtful = [...free].filter((child) =>
    child.group === child.pid && child.state !== "Z" && [...open].some((entry) => isInTime(entry, child))
  );
  return { found, doubtful: doubtful.map(({ pid }) => pid) };
}

/** The children that are not known, once each of them has executed its program. */
async function executedChildren(known: ReadonlySet<number>): Promise<Child[]> {
  const until = performance.now() + EXECUTION_LIMIT;
  for (;;) {
    const children = ownChildren().filter(({ pid }) => !known.has(pid));
    if (!children.some(isBeingMade) || performance.now() > until) return children;
    await sleep(EXECUTION_INTERVAL);
  }
}

/** Whether a child has ended, and its program has the name of the command. */
function hasNameOf({ command: [path = ""] }: JournalEntry, { program, state }: Child): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return state === "Z" && program === name.slice(0, NAME_LENGTH);
}

/** Waits until these children have ended. */
export async function childrenEnded(pids: readonly number[]): Promise<void> {
  const until = performance.now() + EXECUTION_LIMIT;
  const runs = (pid: number) => ownChildren().some((child) => child.pid === pid && child.state !== "Z");
  while (pids.some(runs) && performance.now() < until) await sleep(EXECUTION_INTERVAL);
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
