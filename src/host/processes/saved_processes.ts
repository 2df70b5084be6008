/** The documents of processes. */

import type { Plain, StatePart } from "../../model/saving.ts";
import type { ProcessTable } from "./process_table.ts";

/** Saves the processes of a table in the part `process`, by their process ids. A document leaves out what is usual. */
export class SavedProcesses implements StatePart {
  readonly name = "process";
  readonly #table: ProcessTable;

  constructor(table: ProcessTable) {
    this.#table = table;
  }

  document(pid: number): Plain | undefined {
    const process = this.#table.find(pid);
    if (process === undefined) return undefined;
    const { id, role, tie, seen, login, pending, silent, watch } = process;
    const document: { [key: string]: Plain } = { id, seen };
    if (role !== "main") document.role = role;
    if (tie !== "child") document.tie = tie;
    if (login !== undefined) document.login = { id: login.id, line: login.line };
    if (pending) document.pending = true;
    if (silent) document.silent = true;
    if (this.#table.inRole(id, role) !== process) document.dismissed = true;
    watch?.describe(document);
    return document;
  }
}
