/** The journal of processes over the life of the daemon: taken, followed, written and removed. */

import { ControlSocketError, refuseActiveSocket } from "../control/server/mod.ts";
import {
  type BootClock,
  type Journal,
  type JournalEntry,
  NO_RECORD,
  ProcessJournal,
  type ProcessRecord,
} from "../host/mod.ts";
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

/** Keeps the journal. That of process 1 has no file: its processes end with it. */
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

  /**
   * Takes the journal. False: another daemon that lives has it, which has been logged.
   *
   * @param isHeir the program before was in the same process, so the socket may answer already
   */
  async take(isHeir: boolean): Promise<boolean> {
    const { socketPath, clock, log } = this.#context;
    if (Deno.pid === 1) {
      this.#journal = new ProcessJournal(undefined, { clock, warn: (text) => log.message("warn", text) });
      return true;
    }
    try {
      this.#journal = await takeJournal({
        ...this.#context,
        checkSocket: isHeir ? undefined : () => refuseActiveSocket(socketPath),
      });
      return true;
    } catch (error) {
      if (!(error instanceof ControlSocketError || error instanceof InstanceAliveError)) throw error;
      this.#context.log.message("error", error.message);
      return false;
    }
  }

  /** What a daemon that was killed has left, with the whole text of its journal. */
  get left(): { readonly journal: Journal; readonly text: string } | undefined {
    return this.#journal && { journal: this.#journal.left, text: this.#journal.leftText };
  }

  /** The journal itself, to add more to it. Only after `take`. */
  get journal(): ProcessJournal | undefined {
    return this.#journal;
  }

  /** Ends the processes of some entries of a journal. */
  async end(journal: Journal, entries: readonly JournalEntry[]): Promise<void> {
    const path = this.#journal?.path ?? `${this.#context.socketPath}.processes`;
    await this.#endLeftovers(journal, path, entries);
  }

  /**
   * Ends what a daemon that was killed has left, or continues what it has recorded, and begins to record processes for
   * the next daemon.
   */
  async follow(continued?: Journal): Promise<void> {
    const journal = this.#journal;
    if (journal === undefined) return;
    if (continued !== undefined) journal.continueFrom(continued);
    else if (journal.path !== undefined) await this.#endLeftovers(journal.left, journal.path);
    journal.begin();
  }

  async #endLeftovers(left: Journal, path: string, entries = left.entries): Promise<void> {
    if (entries.length === 0 && left.newer === undefined) return;
    const { endLeftovers } = await typed(import("./leftovers.ts"));
    await endLeftovers(left, path, this.#context.log, entries);
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
