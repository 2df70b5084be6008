/** Adopting the process that a pid file names as the main process of its service (lifecycle 8.11). */

import type { PidFileOutcome, ServiceRecord } from "../../engine/mod.ts";
import { Errno } from "../../model/mod.ts";
import type { BootTime, Files, Processes } from "../../system/mod.ts";
import type { OrphanEnds } from "./orphan_ends.ts";
import { readPidFile } from "./pid_file.ts";
import type { ProcessRecord } from "./process_record.ts";
import type { ProcessTable } from "./process_table.ts";

const { ESRCH } = Errno;

/** What an adoption is given. */
export interface AdoptionContext {
  readonly files: Files;
  readonly processes: Processes;
  readonly table: ProcessTable;
  readonly record: ProcessRecord;
  readonly orphanEnds: OrphanEnds;
  readonly clock: BootTime;
  /** The user and group of the daemon. */
  readonly ownIds: { readonly uid: number; readonly gid: number };
  /** Writes a warning to the log. @default it is lost */
  readonly warn: ((text: string) => void) | undefined;
}

/** Reads the pid file of a service and takes the process that it names as the service's main process. */
export function adoptFromPidFile(service: ServiceRecord, context: AdoptionContext): PidFileOutcome {
  const { files, processes, table, record, orphanEnds, clock, ownIds, warn } = context;
  const { pidFile } = service.description;
  const file = readPidFile(files, pidFile, ownIds);
  if ("step" in file) return { kind: "unreadable", ...file };
  const { pid } = file;
  const other = table.child(pid);
  const isOthers = other !== undefined && other.id !== service.id;
  if (pid <= 1 || pid === Deno.pid || isOthers) return { kind: "invalid", pid };
  const state = processes.look(pid);
  if (state.kind === "ended") {
    processes.reapChild(pid);
    return { kind: "ended", pid, exit: state.exit };
  }
  const child = state.kind === "running";
  if (!child && processes.kill(pid, 0) === ESRCH) {
    const exit = orphanEnds.take(pid);
    return exit === undefined ? { kind: "invalid", pid } : { kind: "invalid", pid, exit };
  }
  if (!child && file.problem !== undefined) {
    const what =
      `${service.name}: process ${pid} is not a descendant of this daemon, and the pid file ${pidFile}`;
    warn?.(`${what} that names it is not trusted: ${file.problem}`);
    return { kind: "invalid", pid };
  }
  table.add({
    id: service.id,
    role: "main",
    pid,
    tie: child ? "child" : "none",
    seen: clock.now().latest,
    login: undefined,
    watch: undefined,
    pending: false,
    silent: false,
  });
  record.adopted(pid, service.name);
  return { kind: "running", pid, child };
}
