/** What a description says about the control group of its processes, beyond dinit 0.22.1. docs/control-groups.md. */

/** The settings. Without a limit and with `mode` empty, the daemon decides whether there is a group. */
export interface GroupSettings {
  /** `cgroup`: the service has a group also without a limit, or never has one; empty: not set. */
  readonly mode: "" | "auto" | "none";
  /** `memory-max`: bytes; more memory than that ends processes. */
  readonly memoryMax: number | undefined;
  /** `memory-high`: bytes; above, the system slows processes down and takes memory back. */
  readonly memoryHigh: number | undefined;
  /** `swap-max`: bytes. */
  readonly swapMax: number | undefined;
  /** `cpu-max`: processors, for example 1.5. */
  readonly cpuMax: number | undefined;
  /** `cpu-weight`: 1 to 10,000. */
  readonly cpuWeight: number | undefined;
  /** `io-weight`: 1 to 10,000. */
  readonly ioWeight: number | undefined;
  /** `pids-max`: processes and threads. */
  readonly pidsMax: number | undefined;
}

/** A limit of a control group, as a field of the settings. */
export type GroupLimit = Exclude<keyof GroupSettings, "mode">;

/** A part of the kernel that enforces limits. */
export type Controller = "memory" | "cpu" | "io" | "pids";

/** The limits, each with the setting, and the controller that enforces it. */
export const GROUP_LIMITS: Readonly<
  Record<GroupLimit, { readonly setting: string; readonly controller: Controller }>
> = {
  memoryMax: { setting: "memory-max", controller: "memory" },
  memoryHigh: { setting: "memory-high", controller: "memory" },
  swapMax: { setting: "swap-max", controller: "memory" },
  cpuMax: { setting: "cpu-max", controller: "cpu" },
  cpuWeight: { setting: "cpu-weight", controller: "cpu" },
  ioWeight: { setting: "io-weight", controller: "io" },
  pidsMax: { setting: "pids-max", controller: "pids" },
};

/** The settings of a description without such lines. All such descriptions share this object. */
export const NO_GROUP: GroupSettings = {
  mode: "",
  memoryMax: undefined,
  memoryHigh: undefined,
  swapMax: undefined,
  cpuMax: undefined,
  cpuWeight: undefined,
  ioWeight: undefined,
  pidsMax: undefined,
};

/** A size as descriptions write it, with the largest unit that fits: `512M`. */
export function sizeText(bytes: number): string {
  for (const [unit, size] of [["G", 1024 ** 3], ["M", 1024 ** 2], ["K", 1024]] as const) {
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return String(bytes);
}

/** The limits that are set. */
export function limitsOf(group: GroupSettings): GroupLimit[] {
  if (group === NO_GROUP) return [];
  return Object.keys(GROUP_LIMITS).filter((name): name is GroupLimit =>
    group[name as GroupLimit] !== undefined
  );
}

/** Whether the description asks for a control group that the daemon makes. */
export function asksForGroup(group: GroupSettings): boolean {
  return group !== NO_GROUP && (group.mode === "auto" || limitsOf(group).length > 0);
}
