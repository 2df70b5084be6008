/**
 * Finds the leftovers of a killed daemon. A process counts only if the machine has not booted since, and the system
 * gives the start time of the journal: process ids are reused, and the wall clock may change. Reading `/proc` needs all
 * permissions.
 */

import { sleep } from "../sleep.ts";
import { TICKS_PER_SECOND } from "../../system/mod.ts";
import { comesFrom } from "./environment_fingerprint.ts";
import type { Journal, JournalEntry } from "./journal_format.ts";
import {
  allProcesses,
  commandLineOf,
  currentBoot,
  currentTicks,
  environmentOf,
  isBeingMade,
  type OtherProcess,
  ownAncestors,
  processOf,
  userOf,
  workingDirectoryOf,
} from "./other_processes.ts";

/** The longest time from the intention to the start of a process with the expected command line, in ticks. */
const LAUNCH_TICKS = 10 * TICKS_PER_SECOND;
/** The longest time from the intention to the start of a process with weaker evidence, in ticks. */
const PROMPT_LAUNCH_TICKS = 2 * TICKS_PER_SECOND;
/** How long a process that has not yet executed its program may take to do so, in milliseconds. */
const EXECUTION_LIMIT = 5000;
const EXECUTION_INTERVAL = 10;

/** A leftover process, or the group that it led. */
export interface Leftover {
  /** The full name of its service. */
  readonly service: string;
  /** A running process. */
  readonly pid: number;
  /** The process group, which receives the signals. */
  readonly group: number;
  /** The entry of the journal, completed with what the search found. */
  readonly entry: JournalEntry;
}

/** Whether the daemon that wrote the journal is known to be alive. */
export function ownerLives({ owner }: Journal): boolean {
  if (owner?.start === undefined || owner.boot !== currentBoot() || owner.pid === Deno.pid) return false;
  return processOf(owner.pid)?.startTicks === owner.start;
}

/**
 * The processes of the journal that still run.
 *
 * @param entries those to look for; the processes of the others are left alone
 */
export function findLeftovers(journal: Journal, entries = journal.entries): Leftover[] {
  if (!mayBeThisBoot(journal)) return [];
  const search = new Search(journal);
  const found = new Map<JournalEntry, Leftover>();
  // Several launches may have been in flight. The better evidence comes first, so that each gets its process.
  for (const isIts of [runsCommandOf, isLaunchOf]) {
    for (const entry of entries) {
      const leftover = found.has(entry) ? undefined : search.find(entry, isIts);
      if (leftover !== undefined) found.set(entry, leftover);
    }
  }
  return entries.map((entry) => found.get(entry)).filter((leftover) => leftover !== undefined);
}

/**
 * Waits until each process that the killed daemon was making executes its program: before that, nothing shows which
 * service it belongs to.
 */
export async function launchesOver({ entries }: Pick<Journal, "entries">): Promise<void> {
  const since = entries.find(({ pid }) => pid === undefined)?.since;
  if (since === undefined) return;
  const adopters = orphanAdopters();
  const until = performance.now() + EXECUTION_LIMIT;
  const isInTheMaking = (other: OtherProcess) =>
    other.startTicks >= since && adopters.has(other.parent) && isBeingMade(other);
  while (performance.now() < until && allProcesses().some(isInTheMaking)) await sleep(EXECUTION_INTERVAL);
}

/** With narrow permissions a daemon cannot read the id of the boot; but time since boot only grows. */
function mayBeThisBoot({ owner, entries }: Journal): boolean {
  if (owner?.boot !== undefined) return owner.boot === currentBoot();
  const now = currentTicks() + TICKS_PER_SECOND; // such a daemon rounds its times up
  return entries.every(({ since }) => since === undefined || since <= now);
}

/** Whether a process belongs to an entry. */
type Evidence = (entry: JournalEntry, process: OtherProcess) => boolean;

/** One search through all processes. */
class Search {
  readonly #bootKnown: boolean;
  /** The processes that belong to an entry: each belongs to one. */
  readonly #known: Set<number | undefined>;
  #processes: readonly OtherProcess[] | undefined;
  #adopters: ReadonlySet<number> | undefined;

  constructor({ owner, entries }: Journal) {
    this.#bootKnown = owner?.boot !== undefined;
    this.#known = new Set(entries.map(({ pid }) => pid));
  }

  /** @param isIts whether a process that was in the making belongs to the entry */
  find(entry: JournalEntry, isIts: Evidence): Leftover | undefined {
    if (entry.since === undefined) return undefined; // nothing distinguishes the process from others
    const process = entry.pid === undefined
      ? this.#inTheMaking(entry, isIts)
      : this.#running(entry, entry.pid);
    if (process === undefined) return undefined;
    if (!this.#bootKnown && !this.#resembles(entry, process)) return undefined;
    const { pid, group, startTicks } = process;
    if (entry.pid !== undefined) return { service: entry.service, pid, group, entry };
    this.#known.add(pid);
    const found = { ...entry, pid, since: startTicks, until: startTicks };
    return { service: entry.service, pid, group, entry: found };
  }

  /** The process, or another member of its group if the process has ended. */
  #running({ since = 0, until, group }: JournalEntry, pid: number): OtherProcess | undefined {
    const process = processOf(pid);
    if (process === undefined) {
      const left = group ?? pid;
      return this.#all().find((other) => other.group === left && other.startTicks >= since);
    }
    return process.startTicks >= since && process.startTicks <= (until ?? since + LAUNCH_TICKS)
      ? process
      : undefined;
  }

  /** The process that the daemon was making when it was killed. */
  #inTheMaking(entry: JournalEntry, isIts: Evidence): OtherProcess | undefined {
    const { users } = entry;
    return this.#all().find((process) => {
      const { pid, group, parent } = process;
      if (group !== pid || !isInTime(entry, process)) return false;
      if (this.#known.has(pid) || !this.#isLost(parent)) return false;
      return users.includes(userOf(pid) ?? -1) && isIts(entry, process);
    });
  }

  #resembles(entry: JournalEntry, { pid }: OtherProcess): boolean {
    if (!entry.users.includes(userOf(pid) ?? -1)) return false;
    return runs(commandLineOf(pid), entry.command) || comesFrom(environmentOf(pid), entry.variables);
  }

  #isLost(parent: number): boolean {
    this.#adopters ??= orphanAdopters();
    return this.#adopters.has(parent);
  }

  #all(): readonly OtherProcess[] {
    this.#processes ??= allProcesses();
    return this.#processes;
  }
}

/** Whether a process was started when the daemon was about to make that of an entry. */
export function isInTime({ since = 0 }: JournalEntry, { startTicks }: OtherProcess): boolean {
  return startTicks >= since && startTicks <= since + LAUNCH_TICKS;
}

/** Whether a process executes the command of an entry. */
export function runsCommandOf({ command }: JournalEntry, { pid }: OtherProcess): boolean {
  return runs(commandLineOf(pid), command);
}

/** Whether a process executes the command of an entry, or comes from it. */
export function isLaunchOf(entry: JournalEntry, process: OtherProcess): boolean {
  const { pid, startTicks } = process;
  if (runsCommandOf(entry, process)) return true;
  // The program may have executed another one meanwhile, as scripts do.
  return startTicks <= (entry.since ?? 0) + PROMPT_LAUNCH_TICKS && runsIn(pid, entry.directory) &&
    comesFrom(environmentOf(pid), entry.variables);
}

/** Orphans are adopted by process 1, or by a common ancestor of both daemons. */
function orphanAdopters(): ReadonlySet<number> {
  return new Set([1, ...ownAncestors()]);
}

/**
 * Whether a command line is that of a command, or of a program that is about to execute it: the tools that set up a
 * process, or the interpreter of a script, have the command at the end of their arguments.
 */
function runs(line: readonly string[], command: readonly string[]): boolean {
  if (command.length === 0 || line.length < command.length) return false;
  const [program, ...args] = line.slice(-command.length);
  if (args.some((word, index) => word !== command[index + 1])) return false;
  return program === command[0] || program.endsWith(`/${command[0]}`);
}

function runsIn(pid: number, directory: string): boolean {
  try {
    return workingDirectoryOf(pid) === Deno.realPathSync(directory);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    return false; // the directory no longer exists
  }
}
