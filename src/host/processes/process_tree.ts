/** Which processes belong to a service whose main process has ended: one look at all processes. */

import type { Remains } from "../../engine/mod.ts";
import type { OtherProcess } from "./other_processes.ts";

/** What distinguishes the processes of one service from those of others and of strangers. */
export interface TreeEvidence {
  readonly remains: Remains;
  /** Only the process group counts. */
  readonly groupOnly: boolean;
  /** The process ids of all other services, and of other processes of this service that end by themselves. */
  readonly others: ReadonlySet<number>;
  /** The process id of the daemon, which adopts orphans. */
  readonly daemon: number;
  /** The processes in the control group of the service; empty if it shares the group with others, or has none. */
  readonly inCgroup: ReadonlySet<number>;
  /** Whether an orphan has the mark of the service. */
  isMarked(pid: number): boolean;
}

/** The processes that belong to the service. Those of other services never do, nor does the daemon. */
export function membersOf(processes: readonly OtherProcess[], evidence: TreeEvidence): OtherProcess[] {
  const judge = new Judge(processes, evidence);
  return processes.filter((process) => judge.of(process) === "own");
}

type Verdict = "own" | "other";

/** Judges processes. The verdict about a parent also holds for its children, unless they have evidence themselves. */
class Judge {
  readonly #evidence: TreeEvidence;
  readonly #all: ReadonlyMap<number, OtherProcess>;
  readonly #verdicts = new Map<number, Verdict | undefined>();
  readonly #otherGroups = new Set<number>();
  readonly #otherSessions = new Set<number>();
  /** A later process has the process id, so group and session say nothing. */
  readonly #isReused: boolean;

  constructor(processes: readonly OtherProcess[], evidence: TreeEvidence) {
    const { remains, others, daemon } = evidence;
    this.#evidence = evidence;
    this.#all = new Map(processes.map((process) => [process.pid, process]));
    for (const pid of [daemon, ...others]) {
      const process = this.#all.get(pid);
      if (process === undefined) continue;
      this.#otherGroups.add(process.group);
      this.#otherSessions.add(process.session);
    }
    const current = this.#all.get(remains.pid);
    this.#isReused = current !== undefined && current.startTicks !== remains.since;
  }

  of(process: OtherProcess): Verdict | undefined {
    const { pid } = process;
    if (!this.#verdicts.has(pid)) {
      this.#verdicts.set(pid, undefined); // in a circle of parents, which a changing list may show, nobody decides
      this.#verdicts.set(pid, this.#judge(process));
    }
    return this.#verdicts.get(pid);
  }

  #judge({ pid, parent, group, session }: OtherProcess): Verdict | undefined {
    const { remains, groupOnly, others, daemon, inCgroup } = this.#evidence;
    if (pid <= 1 || pid === daemon || others.has(pid)) return "other";
    const isOtherGroup = this.#otherGroups.has(group);
    if (!this.#isReused && group === remains.group && !isOtherGroup) return "own";
    if (groupOnly) return undefined;
    if (isOtherGroup) return "other";
    if (!this.#isReused && pid === remains.pid) return "own";
    const isOtherSession = this.#otherSessions.has(session);
    if (!this.#isReused && session === remains.session && !isOtherSession) return "own";
    const above = parent === daemon ? undefined : this.#all.get(parent);
    const inherited = above === undefined ? undefined : this.of(above);
    if (inherited !== undefined && parent > 1) return inherited;
    if (inCgroup.has(pid)) return "own";
    return parent === daemon && this.#evidence.isMarked(pid) ? "own" : undefined;
  }
}
