/** The main process of a `bgprocess` service, as its processes name it (`MAINPID=`). docs/health.md. */

import { decodeBytes } from "../../model/mod.ts";
import type { BootTime, Processes } from "../../system/mod.ts";
import { AdoptedEnds, type AdoptedEndsContext } from "../processes/adopted_ends.ts";
import type { ProcessRecord } from "../processes/process_record.ts";
import type { ProcessTable } from "../processes/process_table.ts";
import { senderOf } from "./sender.ts";

/** What the adoption of a named process is given. */
export interface NamedProcessContext extends AdoptedEndsContext {
  readonly table: ProcessTable;
  readonly processes: Processes;
  readonly clock: BootTime;
  readonly record: ProcessRecord;
}

/** The process that is the main process now; or why the named one cannot be. */
export type NamedProcess = { readonly pid: number } | { readonly problem: string };

/** The process that a message names; `undefined`: it names none. The last assignment counts. */
export function mainPidIn(bytes: Uint8Array): number | undefined {
  const lines = decodeBytes(bytes).split("\n").filter((line) => /^MAINPID=[0-9]{1,10}$/.test(line));
  return lines.length === 0 ? undefined : Number(lines[lines.length - 1].slice("MAINPID=".length));
}

/**
 * Takes a process as the main process of a service. It must be a child of the daemon, as the daemon of a launcher that
 * has ended is, or a descendant of the main process of now. The end of that one is not reported any more.
 */
export function adoptNamed(
  id: number,
  name: string,
  pid: number,
  context: NamedProcessContext,
): NamedProcess {
  const { table, processes, clock, record } = context;
  const main = table.inRole(id, "main");
  if (pid === main?.pid) return { pid };
  const other = table.find(pid);
  if (pid <= 1 || pid === Deno.pid || (other !== undefined && other.id !== id)) {
    return { problem: "it does not belong to the service" };
  }
  const state = processes.look(pid);
  if (state.kind === "ended" || clock.look(pid) === undefined) return { problem: "it has ended already" };
  const isChild = state.kind === "running";
  if (!isChild && (main === undefined || senderOf(pid, main.pid, clock) !== "own")) {
    return { problem: "it is no child of the daemon, and no descendant of the main process" };
  }
  if (main !== undefined) main.silent = true;
  const process = {
    id,
    role: "main",
    pid,
    tie: isChild ? "child" : "handle",
    seen: clock.now().latest,
    login: undefined,
    watch: undefined,
    pending: false,
    silent: false,
  } as const;
  table.add({ ...process });
  record.adopted(pid, name);
  const added = table.inRole(id, "main");
  if (!isChild && added !== undefined) new AdoptedEnds(context).follow(added);
  return { pid };
}
