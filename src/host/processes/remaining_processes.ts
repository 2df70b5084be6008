/**
 * Ends what main processes have left (`kill-mode`). Loaded when a service needs it. It looks at all processes, signals
 * those of the service, waits for their ends, and looks again, until nothing is left: meanwhile they may have made others.
 */

import { Errno, Signal } from "../../model/mod.ts";
import type { Remains, ServiceRecord } from "../../engine/mod.ts";
import { type BootTime, type Files, Interest, type Poller, type Processes } from "../../system/mod.ts";
import type { ProcessHandles } from "../../system/surviving.ts";
import type { HostReports } from "../native_options.ts";
import { cgroupMembers, killCgroup } from "../resources/cgroup_members.ts";
import type { OwnCgroup } from "../resources/cgroups.ts";
import type { GroupHierarchy } from "../resources/group_hierarchy.ts";
import { environmentOf, type OtherProcess, processOf } from "./other_processes.ts";
import { membersOf } from "./process_tree.ts";
import type { ProcessTable } from "./process_table.ts";
import { TREE_VARIABLE, treeMark } from "../launch/launch_descriptors.ts";

const { ESRCH } = Errno;
/** How long to look at processes before other work gets its turn, in milliseconds. */
const TURN = 5;
/** How many ends to wait for at a time; each takes a descriptor. */
const WATCHED_AT_MOST = 64;
/** How many process ids a report names. */
const NAMED_AT_MOST = 20;

/** What the ending is given by its host. */
export interface RemainingContext {
  readonly files: Files;
  readonly processes: Processes;
  readonly handles: ProcessHandles;
  readonly clock: BootTime;
  readonly poller: Poller;
  readonly table: ProcessTable;
  readonly cgroup: OwnCgroup;
  readonly hierarchy: GroupHierarchy;
  readonly reports: Pick<HostReports, "remains">;
  readonly warn: (text: string) => void;
}

/** What is being ended for one service. */
interface Ending {
  readonly service: ServiceRecord;
  remains: Remains;
  signal: number;
  /** Another order came since the last look. */
  again: boolean;
  /** Ends the current wait. */
  wake: () => void;
  /** What each process got, by process id and start. */
  sent: ReadonlyMap<string, number>;
}

/** Ends what main processes have left. */
export class RemainingProcesses {
  readonly #context: RemainingContext;
  /** By the id of the service. */
  readonly #endings = new Map<number, Ending>();
  #isClosed = false;

  constructor(context: RemainingContext) {
    this.#context = context;
  }

  /** See `ProcessHost.endRemains`. */
  end(service: ServiceRecord, remains: Remains, signal: number): void {
    const known = this.#endings.get(service.id);
    if (known !== undefined) {
      if (signal === Signal.KILL) known.signal = signal;
      known.remains = remains;
      known.again = true;
      known.wake();
      return;
    }
    const ending = { service, remains, signal, again: true, wake: () => {}, sent: new Map() };
    this.#endings.set(service.id, ending);
    void this.#end(ending);
  }

  /** Waits for nothing any more. */
  close(): void {
    this.#isClosed = true;
    for (const { wake } of this.#endings.values()) wake();
  }

  async #end(ending: Ending): Promise<void> {
    const { reports, warn } = this.#context;
    const { id, name } = ending.service;
    try {
      await this.#endAll(ending);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      warn(`${name}: cannot end what its main process has left: ${error.message}`);
    }
    this.#endings.delete(id);
    if (!this.#isClosed) reports.remains(id, []);
  }

  async #endAll(ending: Ending): Promise<void> {
    const { reports } = this.#context;
    let isTold = false;
    while (!this.#isClosed) {
      ending.again = false;
      const found = await this.#look(ending);
      if (found.length === 0 && !ending.again) return;
      if (found.length > 0 && !isTold) {
        isTold = true;
        reports.remains(ending.service.id, found.slice(0, NAMED_AT_MOST).map(({ pid }) => pid));
      }
      await this.#signalAndWait(ending, found);
    }
  }

  // ---- Looking -----------------------------------------------------------------------------------------------

  async #look({ service: { id, name, description }, remains }: Ending): Promise<OtherProcess[]> {
    const { table, processes, cgroup, hierarchy } = this.#context;
    const path = hierarchy.pathOf(name, description);
    const groupOnly = description.killMode === "group";
    await nextTurn(); // the main process is reaped meanwhile
    if (groupOnly && processes.kill(-remains.group, 0) === ESRCH) return [];
    const all = await lookAtAll();
    const others = new Set(
      table.all().filter((other) => other.id !== id || other.role !== "main").map(({ pid }) => pid),
    );
    const members = groupOnly || path === "" ? [] : cgroupMembers(path, cgroup);
    const isShared = members.some((pid) => pid === Deno.pid || others.has(pid));
    const mark = treeMark(id);
    return membersOf(all, {
      remains,
      groupOnly,
      others,
      daemon: Deno.pid,
      inCgroup: new Set(isShared ? [] : members),
      isMarked: (pid) => hasMark(environmentOf(pid), mark),
    });
  }

  // ---- Signalling --------------------------------------------------------------------------------------------

  /** Signals the processes, and waits until they have ended, as far as they can be watched, or until the next order. */
  async #signalAndWait(ending: Ending, found: readonly OtherProcess[]): Promise<void> {
    const { files } = this.#context;
    const handles: number[] = [];
    const sent = new Map<string, number>();
    try {
      for (const process of found) {
        const handle = this.#signalOne(ending, process, sent);
        if (handle === undefined) continue;
        if (handles.length < WATCHED_AT_MOST) handles.push(handle);
        else files.close(handle);
      }
      ending.sent = sent;
      this.#killGroup(ending, found);
      if (handles.length > 0 && !ending.again && !this.#isClosed) await this.#ends(ending, handles);
    } finally {
      for (const handle of handles) files.close(handle);
    }
  }

  /** The handle of the process; `undefined` if it is gone. A signal cannot reach a later process with its number. */
  #signalOne(
    { signal, sent: before }: Ending,
    { pid, startTicks }: OtherProcess,
    sent: Map<string, number>,
  ): number | undefined {
    const { handles, clock, files } = this.#context;
    const handle = handles.open(pid);
    if (handle === undefined) return undefined;
    if (clock.look(pid)?.startTicks !== startTicks) {
      files.close(handle);
      return undefined;
    }
    const key = `${pid} ${startTicks}`;
    sent.set(key, signal);
    if (before.get(key) !== signal) handles.signal(handle, signal);
    return handle;
  }

  /** The kernel kills a whole control group at once, so that nothing in it can outrun the signals. */
  #killGroup({ service: { name, description }, signal }: Ending, found: readonly OtherProcess[]): void {
    const { cgroup, hierarchy } = this.#context;
    const path = hierarchy.pathOf(name, description);
    if (signal !== Signal.KILL || description.killMode !== "all" || path === "") return;
    const own = new Set(found.map(({ pid }) => pid));
    const members = cgroupMembers(path, cgroup);
    if (members.length > 0 && members.every((pid) => own.has(pid))) killCgroup(path, cgroup);
  }

  /** Resolves when all processes have ended, or at the next order. */
  async #ends(ending: Ending, handles: readonly number[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    ending.wake = resolve;
    let left = handles.length;
    const watches = handles.map((handle) => {
      const watch = this.#context.poller.watch(handle, Interest.READ, () => {
        watch.end();
        left -= 1;
        if (left === 0) resolve();
      });
      return watch;
    });
    await promise;
    for (const watch of watches) watch.end();
    ending.wake = () => {};
  }
}

/** All processes except zombies. Other work gets its turn meanwhile, because there may be thousands. */
async function lookAtAll(): Promise<OtherProcess[]> {
  const found: OtherProcess[] = [];
  let begin = performance.now();
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const process = processOf(Number(name));
    if (process !== undefined) found.push(process);
    if (performance.now() - begin < TURN) continue;
    await nextTurn();
    begin = performance.now();
  }
  return found;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Whether an environment has a mark, perhaps with those of inner daemons behind it. Each entry is `NAME=VALUE`. */
function hasMark(environment: readonly string[], mark: string): boolean {
  const found = environment.find((entry) => entry.startsWith(`${TREE_VARIABLE}=`));
  return `${found ?? ""}/`.startsWith(`${TREE_VARIABLE}=${mark}/`);
}
