import type { ExitStatus } from "../../model/mod.ts";
import type { StateStore } from "../../model/saving.ts";
import type { Logins, Processes } from "../../system/mod.ts";
import type { HostReports } from "../native_options.ts";
import type { OrphanEnds } from "./orphan_ends.ts";
import type { ProcessRecord } from "./process_record.ts";
import type { ProcessTable, TrackedProcess } from "./process_table.ts";

/** How long to reap before other work gets its turn, in milliseconds. */
const REAPING_TURN = 5;

/** What the handling of ends is given by its host. */
export interface ProcessEndsContext {
  readonly processes: Processes;
  readonly table: ProcessTable;
  readonly orphanEnds: OrphanEnds;
  readonly record: ProcessRecord;
  readonly logins: Logins;
  readonly reports: HostReports;
  readonly store: StateStore;
}

/** Reports the ends of processes and reaps them. */
export class ProcessEnds {
  readonly #context: ProcessEndsContext;
  /** The next turn, if one turn could not reap all children. */
  #nextTurn: ReturnType<typeof setImmediate> | undefined;

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
      if (process === undefined) orphanEnds.add(pid, exit);
      else this.report(process, exit);
      processes.reapChild(pid);
      if (performance.now() - begin < REAPING_TURN) continue;
      this.#nextTurn ??= setImmediate(() => {
        this.#nextTurn = undefined;
        this.reap();
      });
      return;
    }
  }

  /** Stops reaping. */
  close(): void {
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
