/**
 * Makes control groups for services, with limits, and removes them. A daemon loads this when the first service gets a
 * group. docs/control-groups.md.
 */

import type { LaunchPlan } from "../../engine/mod.ts";
import {
  Errno,
  errnoOf,
  type ExitStatus,
  GROUP_LIMITS,
  type GroupLimit,
  type GroupSettings,
  LaunchStage,
  limitsOf,
  Signal,
} from "../../model/mod.ts";
import { SystemCallError } from "../../system/mod.ts";
import { prepare } from "../launch/launch_errors.ts";
import { DAEMON_GROUP, type GroupHierarchy, makeFolder, MOUNT } from "./group_hierarchy.ts";

const GROUP = { what: "can't make control group", stage: LaunchStage.CGROUP };
/** `cpu.max`: microseconds in each of these. */
const PERIOD = 100_000;

/** The file of each limit, its text for a value, and the text for no limit. */
const FILES: Readonly<
  Record<GroupLimit, { readonly file: string; readonly none: string; text?(value: number): string }>
> = {
  memoryMax: { file: "memory.max", none: "max" },
  memoryHigh: { file: "memory.high", none: "max" },
  swapMax: { file: "memory.swap.max", none: "max" },
  cpuMax: {
    file: "cpu.max",
    none: `max ${PERIOD}`,
    text: (value) => `${Math.round(value * PERIOD)} ${PERIOD}`,
  },
  cpuWeight: { file: "cpu.weight", none: "100" },
  ioWeight: { file: "io.weight", none: "default 100", text: (value) => `default ${value}` },
  pidsMax: { file: "pids.max", none: "max" },
};

/** The memory of a service that has a limit. */
interface Watched {
  readonly folder: string;
  readonly limit: number;
  /** How many of its processes the system had ended for lack of memory, before the launch. */
  readonly ended: number;
}

/** The groups of services. */
export class ServiceGroups {
  readonly #hierarchy: GroupHierarchy;
  /** By the id of the service. */
  readonly #watched = new Map<number, Watched>();

  constructor(hierarchy: GroupHierarchy) {
    this.#hierarchy = hierarchy;
  }

  /** Makes the group of a process that is to be launched. Returns the plan with it. Throws `PreparationError`. */
  prepare(plan: LaunchPlan): LaunchPlan {
    return prepare(plan, GROUP, () => {
      const folder = this.#hierarchy.folderOf(plan.name);
      if (folder === undefined) throw new SystemCallError("mkdir", Errno.ENOENT);
      this.#make(folder, plan.group);
      const limit = plan.group.memoryMax;
      if (limit === undefined) this.#watched.delete(plan.id);
      else this.#watched.set(plan.id, { folder, limit, ended: endedByMemory(folder) });
      return { ...plan, cgroup: folder.slice(MOUNT.length) };
    });
  }

  /** How a process of a service has ended, and whether that was for lack of memory. */
  explained(id: number, exit: ExitStatus): ExitStatus {
    const watched = this.#watched.get(id);
    if (watched === undefined || exit.kind !== "killed" || exit.signal !== Signal.KILL) return exit;
    const isByMemory = endedByMemory(watched.folder) > watched.ended;
    return isByMemory ? { ...exit, memoryLimit: watched.limit } : exit;
  }

  /** The service is inactive: its group is removed, unless processes are left in it. */
  remove(id: number, name: string): void {
    this.#watched.delete(id);
    const folder = this.#hierarchy.folderOf(name);
    if (folder !== undefined) removeEmpty(folder);
  }

  /** Removes the folder of all groups if it is empty. */
  close(): void {
    const { folder } = this.#hierarchy;
    if (folder !== undefined) remove(folder);
  }

  #make(folder: string, group: GroupSettings): void {
    const { place, folder: above } = this.#hierarchy;
    if (!("folder" in place) || above === undefined) throw new SystemCallError("mkdir", Errno.ENOENT);
    check("mkdir", makeFolder(above));
    const controllers = new Set(limitsOf(group).map((limit) => GROUP_LIMITS[limit].controller));
    if (controllers.size > 0) {
      const words = [...controllers].map((name) => `+${name}`).join(" ");
      enable(place.folder, words);
      write(`${above}/cgroup.subtree_control`, words);
    }
    const isNew = !exists(folder);
    check("mkdir", makeFolder(folder));
    for (const limit of Object.keys(FILES) as GroupLimit[]) { // it has these keys
      const { file, none, text = String } = FILES[limit];
      const value = group[limit];
      if (value !== undefined) write(`${folder}/${file}`, text(value));
      else if (!isNew && exists(`${folder}/${file}`)) write(`${folder}/${file}`, none);
    }
  }
}

/** Enables controllers for the groups below. The daemon and its processes move out of the way if they must. */
function enable(folder: string, words: string): void {
  const file = `${folder}/cgroup.subtree_control`;
  try {
    write(file, words);
  } catch (error) {
    if (!(error instanceof SystemCallError) || error.errno !== Errno.EBUSY) throw error;
    moveAside(folder);
    write(file, words);
  }
}

/** Moves the daemon and its processes to a group of the daemon. Others that are in the group stay. */
function moveAside(folder: string): void {
  const aside = `${folder}/${DAEMON_GROUP}`;
  check("mkdir", makeFolder(aside));
  const members = readText(`${folder}/cgroup.procs`).split("\n").filter((line) => line !== "").map(Number);
  for (const pid of members.filter(isOwn)) {
    try {
      write(`${aside}/cgroup.procs`, String(pid));
    } catch (error) {
      if (!(error instanceof SystemCallError) || error.errno !== Errno.ESRCH) throw error; // it has ended
    }
  }
}

/** Whether a process is the daemon, or comes from it. */
function isOwn(pid: number): boolean {
  for (let at = pid; at > 0;) {
    if (at === Deno.pid) return true;
    at = Number(/^PPid:\s*(\d+)$/m.exec(readText(`/proc/${at}/status`))?.[1] ?? 0);
  }
  return false;
}

/** How many processes of a group the system has ended because the group had no memory left. */
function endedByMemory(folder: string): number {
  return Number(/^oom_kill (\d+)$/m.exec(readText(`${folder}/memory.events`))?.[1] ?? 0);
}

/** Removes a group, and the groups that its processes have made. */
function removeEmpty(folder: string): void {
  try {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      if (isDirectory) removeEmpty(`${folder}/${name}`);
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return; // it does not exist
  }
  remove(folder);
}

function remove(folder: string): void {
  try {
    Deno.removeSync(folder);
  } catch (error) {
    if (!(error instanceof Error)) throw error; // processes are in it, or it is gone
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Error) return ""; // it is gone
    throw error;
  }
}

function write(path: string, text: string): void {
  try {
    Deno.writeTextFileSync(path, text, { create: false });
  } catch (error) {
    throw new SystemCallError(`write ${path}`, errnoOf(error));
  }
}

function check(call: string, errno: number): void {
  if (errno !== 0) throw new SystemCallError(call, errno);
}
