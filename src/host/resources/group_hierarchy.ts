/**
 * Where the daemon makes control groups for services: below its group in the hierarchy of version 2. It is also the only
 * thing of control groups with limits that is loaded at start. docs/control-groups.md.
 */

import {
  asksForGroup,
  type Controller,
  Errno,
  errnoOf,
  errnoText,
  GROUP_LIMITS,
  type GroupSettings,
  limitsOf,
  type ServiceDescription,
} from "../../model/mod.ts";

/** Where hierarchies are mounted. */
export const MOUNT = "/sys/fs/cgroup";
/** Version 2 may have a place below, beside the hierarchies of version 1. */
const ROOTS = [MOUNT, `${MOUNT}/unified`];
/** The group that the daemon moves to, because a group whose processes have limits may not have processes beside them. */
export const DAEMON_GROUP = "dinit-daemon";

/** Which services get a group: those that ask for one, all, or none (`--cgroups`). */
export type GroupMode = "asked" | "auto" | "off";

/** What a hierarchy is made for. */
export interface GroupOptions {
  readonly mode: GroupMode;
  /** The daemon's group below the root, without a leading slash. @default as in `/proc/self/cgroup` */
  readonly own: string | undefined;
  /** The name of the folder with all groups of this daemon; a later daemon with the same socket continues them. */
  readonly instance: string;
  /** Writes a warning to the daemon's log. */
  warn(text: string): void;
}

/** The daemon's group in the hierarchy of version 2, as a folder; or why there is none. */
export type GroupPlace = { readonly folder: string } | { readonly problem: string };

/** The groups of this daemon, as far as their names go. */
export class GroupHierarchy {
  readonly #options: GroupOptions;
  #place: GroupPlace | undefined;
  #isAble: boolean | undefined;

  constructor(options: GroupOptions) {
    this.#options = options;
  }

  /** The daemon's group. */
  get place(): GroupPlace {
    return this.#place ??= findPlace(this.#options.own);
  }

  /** The folder with all groups of this daemon; `undefined` without a place. */
  get folder(): string | undefined {
    return "folder" in this.place ? `${this.place.folder}/${this.#options.instance}` : undefined;
  }

  /** Whether the processes of a service get a group that the daemon makes. */
  isWanted({ group, cgroup }: { readonly group: GroupSettings; readonly cgroup: string }): boolean {
    const { mode } = this.#options;
    if (mode === "off" || cgroup !== "" || group.mode === "none") return false;
    return asksForGroup(group) || (mode === "auto" && (this.#isAble ??= this.#tryOut()));
  }

  /** Whether the daemon can make groups. Says so if not. */
  #tryOut(): boolean {
    const problem = this.#obstacle();
    if (problem !== undefined) this.#options.warn(`services get no control groups: ${problem}`);
    return problem === undefined;
  }

  /** Why the daemon cannot make groups. */
  #obstacle(): string | undefined {
    const { place } = this;
    if ("problem" in place) return place.problem;
    const errno = makeFolder(this.folder!);
    const remedy = "run it as root, or have a group delegated to it (docs/control-groups.md)";
    return errno === 0
      ? undefined
      : `the daemon cannot make control groups in ${place.folder}: ${errnoText(errno)}: ${remedy}`;
  }

  /** The folder of a service's group; `undefined` without a place. */
  folderOf(name: string): string | undefined {
    // No file of the kernel in a group ends with this.
    return this.folder && `${this.folder}/${escaped(name)}.service`;
  }

  /** The group of a service as `run-in-cgroup` has it: an absolute path below `/sys/fs/cgroup`; empty: that of the daemon. */
  pathOf(name: string, description: Pick<ServiceDescription, "group" | "cgroup">): string {
    if (!this.isWanted(description)) return description.cgroup;
    return this.folderOf(name)?.slice(MOUNT.length) ?? "";
  }

  /** The first setting of control groups that has no effect here, with the reason and the remedy. */
  problem({ group }: ServiceDescription): { setting: string; message: string } | undefined {
    if (!asksForGroup(group)) return undefined;
    const limits = limitsOf(group).map((field) => GROUP_LIMITS[field]);
    const setting = limits[0]?.setting ?? "cgroup";
    if (this.#options.mode === "off") {
      return { setting, message: "the daemon was started with --cgroups=off." };
    }
    const { place } = this;
    if ("problem" in place) return { setting, message: `${place.problem}.` };
    const has = new Set((read(`${place.folder}/cgroup.controllers`) ?? "").split(/\s+/));
    const missing = limits.find(({ controller }) => !has.has(controller));
    if (missing !== undefined) {
      return { setting: missing.setting, message: missingText(missing.controller, place.folder, [...has]) };
    }
    const obstacle = this.#obstacle();
    return obstacle === undefined ? undefined : { setting, message: `${obstacle}.` };
  }
}

/** Makes a folder unless it exists. Returns the error number, or 0. */
export function makeFolder(path: string): number {
  try {
    Deno.mkdirSync(path);
    return 0;
  } catch (error) {
    const errno = errnoOf(error);
    return errno === Errno.EEXIST ? 0 : errno;
  }
}

function findPlace(given: string | undefined): GroupPlace {
  const root = ROOTS.find((folder) => read(`${folder}/cgroup.controllers`) !== undefined);
  if (root === undefined) {
    return {
      problem: `there are no control groups of version 2 here: neither ${ROOTS.join(" nor ")} is their root`,
    };
  }
  const own = given ?? /^0::\/(.*)$/m.exec(read("/proc/self/cgroup") ?? "")?.[1] ?? "";
  const path = own.replace(new RegExp(`(^|/)${DAEMON_GROUP}$`), ""); // an earlier program has moved there
  return { folder: path === "" ? root : `${root}/${path}` };
}

function missingText(controller: Controller, folder: string, has: readonly string[]): string {
  const list = has.filter((name) => name !== "").join(" ") || "none";
  const where = `${folder}/cgroup.controllers lists ${list}`;
  const old = controller === "io" ? "blkio" : controller;
  const isOld = read(`${MOUNT}/${old}/cgroup.procs`) !== undefined;
  const remedy = isOld
    ? `version 1 of control groups has it: start the kernel with cgroup_no_v1=all`
    : "have it delegated to the daemon (docs/control-groups.md)";
  return `no ${controller} controller here: ${where}; ${remedy}.`;
}

/** The text of a file; `undefined` if it does not exist, or may not be read. */
function read(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** A service's name as the name of a folder. */
function escaped(name: string): string {
  return name.replace(/[\/\\]|^\./g, (character) => `\\x${character.charCodeAt(0).toString(16)}`);
}
