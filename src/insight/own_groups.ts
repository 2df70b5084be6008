/** The control groups (version 2) that one service has alone, and what the kernel counts for them. */

import { ifReadable } from "./processes.ts";

/** Where version 2 is: alone, or beside version 1. */
const ROOTS = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];

/** Finds the groups of services when it is made; reads their files on request. */
export class OwnGroups {
  readonly #root =
    ROOTS.find((root) => ifReadable(() => Deno.statSync(`${root}/cgroup.procs`)) !== undefined) ??
      ROOTS[0];
  readonly #groupOf = new Map<string, string>();
  readonly #owners = new Map<number, string>();

  /**
   * @param mains the service of each main process
   * @param daemon the process id of the daemon; `undefined` if unknown
   */
  constructor(mains: ReadonlyMap<number, string>, daemon: number | undefined) {
    const services = new Map<string, Set<string>>();
    const ofDaemon = daemon === undefined ? undefined : groupOf(daemon);
    for (const [pid, name] of mains) {
      const group = groupOf(pid);
      if (group === undefined || group === "/" || ofDaemon === undefined || isIn(ofDaemon, group)) continue;
      services.set(group, (services.get(group) ?? new Set()).add(name));
    }
    for (const [group, names] of services) {
      const [name, ...others] = names;
      if (others.length > 0 || [...services.keys()].some((inner) => inner !== group && isIn(inner, group))) {
        continue;
      }
      this.#groupOf.set(name, group);
      for (const pid of membersBelow(`${this.#root}${group}`)) this.#owners.set(pid, name);
    }
  }

  /** The service that has the group of this process alone. */
  ownerOf(pid: number): string | undefined {
    return this.#owners.get(pid);
  }

  /** What the kernel has counted for the group of a service. A figure is absent if its controller is off. */
  figuresOf(service: string): { cpuSeconds?: number; memory?: number } {
    const group = this.#groupOf.get(service);
    if (group === undefined) return {};
    const read = (file: string) => ifReadable(() => Deno.readTextFileSync(`${this.#root}${group}/${file}`));
    const usage = /^usage_usec (\d+)$/m.exec(read("cpu.stat") ?? "")?.[1];
    const memory = /^\d+/.exec(read("memory.current") ?? "")?.[0];
    return {
      ...(usage === undefined ? {} : { cpuSeconds: Number(usage) / 1e6 }),
      ...(memory === undefined ? {} : { memory: Number(memory) }),
    };
  }
}

/** The path of the group below the root; `undefined` if there are no groups, or the process has ended. */
function groupOf(pid: number): string | undefined {
  const text = ifReadable(() => Deno.readTextFileSync(`/proc/${pid}/cgroup`));
  return text === undefined ? undefined : /^0::(\/.*)$/m.exec(text)?.[1];
}

function isIn(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}

function membersBelow(folder: string): number[] {
  const text = ifReadable(() => Deno.readTextFileSync(`${folder}/cgroup.procs`)) ?? "";
  const inner = ifReadable(() => [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory)) ??
    [];
  const own = text.split("\n").filter((line) => line !== "").map(Number);
  return [...own, ...inner.flatMap(({ name }) => membersBelow(`${folder}/${name}`))];
}
