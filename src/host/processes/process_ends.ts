import type { ExitStatus } from "../../model/mod.ts";
import type { StateStore } from "../../model/saving.ts";
import type { BootTime, Logins, Processes } from "../../system/mod.ts";
import type { HostReports } from "../native_options.ts";
import type { LaunchesInFlight, OrphanEnds } from "./orphan_ends.ts";
import type { ProcessRecord } from "./process_record.ts";
import type { ProcessTable, TrackedProcess } from "./process_table.ts";

/** How long to reap before other work gets its turn, in milliseconds. */
const REAPING_TURN = 2;
/** How long an ended child that a launch in flight may have made is not reaped, in milliseconds. */
const CLAIM_LIMIT = 1000;

/** What the handling of ends is given by its host. */
export interface ProcessEndsContext {
  readonly processes: Processes;
  readonly table: ProcessTable;
  readonly clock: BootTime;
  readonly launches: LaunchesInFlight;
  readonly orphanEnds: OrphanEnds;
  readonly record: ProcessRecord;
  readonly logins: Logins;
  readonly reports: HostReports;
  readonly store: StateStore;
}

/** An ended child that waits until the launches that were in flight are over. */
interface KeptEnd {
  readonly pid: number;
  /** The launches before this one had begun when its end was seen. */
  readonly before: number;
  /** Looks again when the limit is over. */
  readonly limit: ReturnType<typeof setTimeout>;
}

/**
 * Reports the ends of processes and reaps them. It is the only reaper of the daemon.
 *
 * A child may end before the launch that made it is over. It is not reaped until then, so that a fault meanwhile does not
 * lose it: the next program finds it among the children, and does not launch it again. The ends behind it wait, too,
 * because the system shows only one at a time; but not longer than the limit. After that `OrphanEnds` has its end.
 */
export class ProcessEnds {
  readonly #context: ProcessEndsContext;
  /** The next turn, if there is something to reap. */
  #nextTurn: ReturnType<typeof setImmediate> | undefined;

  #kept: KeptEnd | undefined;
  /** The child whose limit was over. */
  #given: number | undefined;

  constructor(context: ProcessEndsContext) {
    this.#context = context;
  }

  /**
   * Reaps ended children: a signal does not say how many there are. Services that restart at once may end as fast as
   * this host launches them. So each turn is limited, and clients and timers are served between turns.
   *
   * A child is reaped after its end was reported, so that a fault in between does not lose it.
   */
  reap(): void {
    const { processes, table, orphanEnds } = this.#context;
    const begin = performance.now();
    for (let ended = processes.ended(); ended !== undefined; ended = processes.ended()) {
      const { pid, exit } = ended;
      const process = table.child(pid);
      if (process !== undefined) this.report(process, exit);
      else if (this.#mayBeClaimed(pid)) return;
      else orphanEnds.add(pid, exit);
      if (this.#kept?.pid === pid) this.#release();
      processes.reapChild(pid);
      if (performance.now() - begin < REAPING_TURN) continue;
      this.reapSoon();
      return;
    }
  }

  /** Reaps in the next turn, after what this one has begun. */
  reapSoon(): void {
    this.#nextTurn ??= setImmediate(() => {
      this.#nextTurn = undefined;
      this.reap();
    });
  }

  /** A launch is over: it may be the one that an ended child has waited for. */
  launchOver(): void {
    if (this.#kept !== undefined) this.reap();
  }

  /** Whether an ended child may be that of a launch in flight. The child of a launch leads a process group. */
  #mayBeClaimed(pid: number): boolean {
    const { launches, clock } = this.#context;
    if (this.#kept?.pid === pid) return launches.oldest < this.#kept.before;
    this.#release();
    if (launches.oldest === launches.next || pid === this.#given) return false;
    if (clock.look(pid)?.group !== pid) return false;
    const limit = setTimeout(() => {
      this.#given = pid;
      this.#release();
      this.reap();
      this.#given = undefined;
    }, CLAIM_LIMIT);
    this.#kept = { pid, before: launches.next, limit };
    return true;
  }

  #release(): void {
    clearTimeout(this.#kept?.limit);
    this.#kept = undefined;
  }

  /** Stops reaping. */
  close(): void {
    this.#release();
    if (this.#nextTurn !== undefined) clearImmediate(this.#nextTurn);
  }

  /** Reports the end of a process. Errors are reported to the runtime: the other children must still be reaped. */
  report(process: TrackedProcess, exit: ExitStatus): void {
    try {
      process.watch?.catchUp();
      this.#context.store.step(() => this.#ended(process, exit));
    } catch (error) {
      reportError(error);
    }
  }

  #ended(process: TrackedProcess, exit: ExitStatus): void {
    const { table, record, logins, reports } = this.#context;
    process.watch?.close();
    table.remove(process);
    record.ended(process.pid);
    if (process.login !== undefined) logins.ended(process.login, Date.now());
    if (!process.silent) reports.exited(process.id, process.role, exit);
  }
}
