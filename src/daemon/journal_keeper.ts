/** The journal of processes over the life of the daemon: taken, followed, written and removed. */

import { ControlSocketError, refuseActiveSocket } from "../control/server/mod.ts";
import { type BootClock, NO_RECORD, type ProcessJournal, type ProcessRecord } from "../host/mod.ts";
import type { MessageLog } from "../log/mod.ts";
import { typed } from "../model/mod.ts";
import { InstanceAliveError, takeJournal } from "./taking_journal.ts";

/** What the keeper is given. */
export interface JournalContext {
  /** The path of the control socket, beside which the journal lies. */
  readonly socketPath: string;
  readonly clock: BootClock;
  readonly log: MessageLog;
}

/** Keeps the journal. Process 1 has none: its processes end with it. */
export class JournalKeeper {
  readonly #context: JournalContext;
  #journal: ProcessJournal | undefined;

  constructor(context: JournalContext) {
    this.#context = context;
  }

  /** The record of started and ended processes. */
  get record(): ProcessRecord {
    return this.#journal ?? NO_RECORD;
  }

  /** Takes the journal. False: another daemon that lives has it, which has been logged. */
  async take(): Promise<boolean> {
    if (Deno.pid === 1) return true;
    const { socketPath } = this.#context;
    try {
      this.#journal = await takeJournal({
        ...this.#context,
        checkSocket: () => refuseActiveSocket(socketPath),
      });
      return true;
    } catch (error) {
      if (!(error instanceof ControlSocketError || error instanceof InstanceAliveError)) throw error;
      this.#context.log.message("error", error.message);
      return false;
    }
  }

  /** Ends what a daemon that was killed has left, and begins to record processes for the next daemon. */
  async follow(): Promise<void> {
    const journal = this.#journal;
    if (journal === undefined) return;
    const { left, path } = journal;
    if (left.entries.length > 0 || left.newer !== undefined) {
      const { endLeftovers } = await typed(import("./leftovers.ts"));
      await endLeftovers(left, path, this.#context.log);
    }
    journal.begin();
  }

  /** The file may have been removed: makes it again if so. */
  check(): void {
    this.#journal?.check();
  }

  /** Gives the journal back, with what an earlier daemon has written: this daemon does not start. */
  release(): void {
    this.#journal?.release();
  }

  /** The daemon ends in order: nothing is left for the next one. */
  remove(): void {
    this.#journal?.remove();
  }
}
