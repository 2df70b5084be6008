/** Continues with the processes, the output and the sockets of an earlier program of this daemon. */

import { Signal } from "../../model/mod.ts";
import { SystemCallError } from "../../system/mod.ts";
import type { SavedParts } from "../../model/saving.ts";
import type { JournalEntry } from "../processes/journal_format.ts";
import { AdoptedHoldings } from "./adopted_holdings.ts";
import { childrenEnded, findLaunches } from "./found_launches.ts";
import { type Holdings, InheritedHoldings } from "./inherited_holdings.ts";
import {
  type SavedDescriptor,
  savedHoldings,
  type SavedHost,
  savedHost,
  type SavedProcess,
} from "./saved_host.ts";
import type { RestoreContext } from "./restore_context.ts";
import type { ProcessTie, TrackedProcess } from "../processes/process_table.ts";
import { launchesIn } from "../launch/launch_slots.ts";
import type { WatchedLaunch } from "../launch/launch_watch.ts";

/** More than the slots of any program take, in bytes. */
const SLOTS_LIMIT = 64 * 1024;

export { AdoptedEnds } from "../processes/adopted_ends.ts";

/**
 * How a program comes to the state of an earlier one: it replaced the earlier program in the same process, so the
 * children and the descriptors are still there; or the earlier program was killed, and its services have been left.
 */
export type RestoreWay = "same-process" | "adopt";

/**
 * Takes over what the state names and what is still there. Returns what to do when the host begins: it reports what has
 * happened meanwhile. Throws `SavedStateError` before anything has changed.
 *
 * @param launches the record of processes, including those in the making
 */
export async function restore(
  parts: SavedParts,
  way: RestoreWay,
  launches: readonly JournalEntry[],
  context: RestoreContext,
): Promise<(() => void)[]> {
  const saved = savedHost(parts);
  const holdings = way === "adopt" ? new AdoptedHoldings(context) : new InheritedHoldings(context);
  const restoring = new Restoring(saved, holdings, launches, context);
  restoring.processes();
  if (way === "same-process") await restoring.launches();
  restoring.signals();
  restoring.output();
  restoring.sockets();
  restoring.notify();
  return restoring.later;
}

class Restoring {
  readonly #saved: SavedHost;
  readonly #holdings: Holdings;
  readonly #launches: readonly JournalEntry[];
  readonly #context: RestoreContext;
  /** What to do when the host begins. */
  readonly later: (() => void)[] = [];

  constructor(
    saved: SavedHost,
    holdings: Holdings,
    launches: readonly JournalEntry[],
    context: RestoreContext,
  ) {
    this.#saved = saved;
    this.#holdings = holdings;
    this.#launches = launches;
    this.#context = context;
  }

  processes(): void {
    const entries = new Map(this.#launches.map((entry) => [entry.pid, entry]));
    for (const [pid, saved] of this.#saved.processes) {
      const tie = this.#tieTo(pid, saved);
      if (tie === undefined) continue;
      const { id, role, seen, login, pending, silent } = saved;
      const process = { id, role, pid, tie, seen, login, watch: undefined, pending, silent };
      this.#enter(process, saved.dismissed, this.#holdings.launch(pid, saved));
      const entry = entries.get(pid);
      if (entry !== undefined) this.#context.record.continued(entry, pid);
    }
  }

  /** The launches that the earlier program had begun, whose processes no document names. */
  async launches(): Promise<void> {
    const { table, record, reports } = this.#context;
    const unsaved = this.#launches.filter((entry) =>
      entry.pid === undefined && entry.id !== undefined && table.inRole(entry.id, entry.role) === undefined
    );
    const known = new Set(table.all().map(({ pid }) => pid));
    const { found, doubtful } = await findLaunches(unsaved, known, this.#slots());
    await this.#end(doubtful);
    for (const { entry, pid, startTicks } of found) {
      const { id = 0, role = "main" } = entry;
      if (table.inRole(id, role) !== undefined) continue;
      const { chain, readiness, control, login } = savedHoldings(entry.holds);
      const process: TrackedProcess = {
        id,
        role,
        pid,
        tie: "child",
        seen: startTicks,
        login,
        watch: undefined,
        pending: true,
        silent: false,
      };
      const launch = this.#holdings.launch(pid, {
        chain: chain && { ...chain, said: undefined },
        readiness: readiness && { ...readiness, announced: false },
        closing: false,
      });
      this.later.push(() => reports.launched(id, role, pid));
      this.#serve(process, control);
      this.#enter(process, false, launch);
      record.continued(entry, pid);
    }
  }

  /** What else the earlier program would have done for a process that it was making. */
  #serve({ login, pid }: TrackedProcess, control: SavedDescriptor | undefined): void {
    const { logins, files, serveControl } = this.#context;
    if (login !== undefined) this.later.push(() => logins.started(login, pid, Date.now()));
    const fd = control && this.#holdings.control(control);
    if (fd !== undefined) {
      this.later.push(() => serveControl === undefined ? files.close(fd) : serveControl(fd));
    }
  }

  /** The signals that waited for processes in the making. */
  signals(): void {
    const { queue, table, signals } = this.#context;
    const { held } = this.#saved;
    if (held.length === 0) return;
    this.later.push(() => {
      for (const { id, role, ...signal } of held) {
        const process = table.inRole(id, role);
        if (process !== undefined) signals.sendTo(process, signal);
      }
      for (const { id } of held) queue.saveHeld(id); // they are not held any more
    });
  }

  /** Ends children of launches that must be made again, so that nothing runs twice. */
  async #end(children: readonly number[]): Promise<void> {
    const { processes, warn } = this.#context;
    if (children.length === 0) return;
    const pids = children.join(", ");
    warn(`cannot say to which services new processes belong; ending them to start them again: ${pids}`);
    for (const pid of children) processes.kill(-pid, Signal.KILL);
    await childrenEnded(children);
  }

  /**
   * The numbers of the launches in flight, with their processes as far as the system had told the earlier program;
   * `undefined`: it had no memory for them.
   */
  #slots(): ReadonlyMap<number, number | undefined> | undefined {
    const { files, memory } = this.#context;
    for (const { fd, inode } of this.#saved.slots.values()) {
      if (files.inodeOf(fd, "file") !== inode) continue;
      const bytes = new Uint8Array(SLOTS_LIMIT);
      const count = memory.readAt(fd, bytes, 0);
      files.close(fd);
      return new Map(launchesIn(bytes.subarray(0, count)).map(({ launch, pid }) => [launch, pid]));
    }
    return undefined;
  }

  #enter(process: TrackedProcess, dismissed: boolean, launch: WatchedLaunch): void {
    const { table, follower, adoptedEnds } = this.#context;
    if (dismissed) table.addDismissed(process);
    else table.add(process);
    this.later.push(() => {
      if (!process.silent) follower.resume(process, launch);
      if (process.tie === "handle") adoptedEnds.follow(process);
    });
  }

  /** How the end of a saved process will be seen; `undefined`: it is gone, and its number may belong to another one. */
  #tieTo(pid: number, { seen, tie }: SavedProcess): ProcessTie | undefined {
    const { processes, clock } = this.#context;
    const found = clock.look(pid);
    if (found === undefined || found.startTicks > seen) return undefined;
    if (processes.look(pid).kind !== "not-a-child") return "child";
    return tie === "none" ? "none" : "handle";
  }

  output(): void {
    const { logs, pipes } = this.#context;
    for (const [id, saved] of this.#saved.outputs) {
      logs.restore(id, saved.name, this.#holdings.buffer(saved));
      const found = saved.pipes.map((pipe) => this.#holdings.logPipe(id, pipe));
      for (const fd of found) if (fd !== undefined) this.later.push(() => logs.resume(id, fd));
    }
    for (const [read, saved] of this.#saved.pipes) {
      const found = this.#holdings.outputPipe(read, saved);
      const { producer, produced, consumed } = saved;
      if (found !== undefined) pipes.restore(producer, { ...found, produced, consumed });
    }
  }

  /** A killed daemon has closed its sockets: they are made again at their paths, which the processes know. */
  notify(): void {
    const { notify, warn } = this.#context;
    for (const [id, saved] of this.#saved.notify) {
      try {
        notify?.restore(id, this.#holdings.notify(saved), saved);
      } catch (error) {
        if (!(error instanceof SystemCallError)) throw error;
        warn(`cannot open the notification socket of service ${id} again: ${error.message}`);
      }
    }
  }

  sockets(): void {
    for (const [id, saved] of this.#saved.sockets) {
      const fd = this.#holdings.socket(id, saved);
      if (fd !== undefined) this.#context.activation.restore(id, fd);
    }
  }
}
