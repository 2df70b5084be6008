/** Control groups that the daemon makes for services, and their limits: extensions. docs/control-groups.md. */

import {
  asksForGroup,
  GROUP_LIMITS,
  type GroupLimit,
  type GroupSettings,
  limitsOf,
  sizeText,
} from "../../model/mod.ts";
import type { OpenDescription } from "../draft.ts";
import { Mistake } from "../text/mistake.ts";
import { parseUnsigned } from "../text/numbers.ts";
import { parseSize, SIZE_SYNTAX } from "../text/units.ts";
import type { Misfit } from "./health.ts";
import { need } from "./host_features.ts";
import { meaningOf, SCRIPT_TYPES, settingRow } from "./rows.ts";
import type { Setting } from "./setting.ts";

const MODES = new Map<string, GroupSettings["mode"]>([["auto", "auto"], ["none", "none"]]);
const LARGEST_WEIGHT = 10_000;
/** The most processors that `cpu-max` takes, and the most processes of `pids-max`, which is the limit of the kernel. */
const MOST_PROCESSORS = 10_000;
const MOST_PROCESSES = 4_194_304;

function setGroup(description: OpenDescription, changes: Partial<GroupSettings>): void {
  description.group = { ...description.group, ...changes };
}

/** A row for a limit. `parse` throws a `Mistake`. */
function limit(
  field: GroupLimit,
  syntax: string,
  summary: string,
  parse: (text: string, setting: string) => number,
): Setting {
  const { setting: name } = GROUP_LIMITS[field];
  return settingRow({
    name,
    syntax: `${syntax} | max`,
    extension: true,
    combined: true,
    types: SCRIPT_TYPES,
    default: "max",
    summary,
    change: "next-start",
    needs: [need("control-group-limits", ({ group }) => group[field] !== undefined)],
    apply: ({ draft: { description } }, { text }) => {
      setGroup(description, { [field]: text === "max" ? undefined : parse(text, name) });
    },
    show: ({ group }) => {
      const value = group[field];
      return value === undefined ? undefined : parse === size ? sizeText(value) : String(value);
    },
  });
}

function size(text: string, setting: string): number {
  const bytes = parseSize(text);
  if (bytes > 0 || setting === GROUP_LIMITS.swapMax.setting) return bytes;
  throw new Mistake(`${setting} must be more than 0`, { code: "bad-size" });
}

function processors(text: string, setting: string): number {
  const value = /^[0-9]+(\.[0-9]+)?$/.test(text) ? Number(text) : NaN;
  if (value >= 0.01 && value <= MOST_PROCESSORS) return value;
  throw new Mistake(
    `${setting} must be a number of processors from 0.01 to ${MOST_PROCESSORS}, such as 1.5`,
    {
      code: "bad-number",
    },
  );
}

function countUpTo(most: number): (text: string, setting: string) => number {
  return (text, setting) => {
    const value = parseUnsigned(text, most);
    if (value > 0) return value;
    throw new Mistake(`${setting} must be a number from 1 to ${most}`, { code: "bad-number" });
  };
}

/** The settings of control groups. */
export const CONTROL_GROUP_SETTINGS: readonly Setting[] = [
  settingRow({
    name: "cgroup",
    syntax: [...MODES.keys()].join(" | "),
    extension: true,
    combined: true,
    types: SCRIPT_TYPES,
    summary: "whether the daemon makes a control group for the service, also without a limit",
    change: "next-start",
    needs: [need("control-group-limits", ({ group }) => group.mode === "auto")],
    apply({ draft: { description } }, { text }) {
      setGroup(description, { mode: meaningOf(MODES, text, 'cgroup must be one of: "auto" or "none"') });
    },
    show: ({ group }) => group.mode || undefined,
  }),
  limit(
    "memoryMax",
    SIZE_SYNTAX,
    "the most memory of all processes; the system ends processes that need more",
    size,
  ),
  limit("memoryHigh", SIZE_SYNTAX, "above this much memory, the system slows the processes down", size),
  limit("swapMax", SIZE_SYNTAX, "the most swapped memory of all processes", size),
  limit("cpuMax", "PROCESSORS (such as 0.5 or 2)", "the most processor time of all processes", processors),
  limit(
    "cpuWeight",
    `WEIGHT (1 to ${LARGEST_WEIGHT}; the system's default is 100)`,
    "the share of processor time, beside other groups",
    countUpTo(LARGEST_WEIGHT),
  ),
  limit(
    "ioWeight",
    `WEIGHT (1 to ${LARGEST_WEIGHT}; the system's default is 100)`,
    "the share of input and output, beside other groups",
    countUpTo(LARGEST_WEIGHT),
  ),
  limit("pidsMax", "COUNT", "the most processes and threads", countUpTo(MOST_PROCESSES)),
];

/** The settings of control groups that contradict others. `cgroup`: the value of `run-in-cgroup`. */
export function groupMisfits({ group, cgroup }: Pick<OpenDescription, "group" | "cgroup">): Misfit[] {
  const limits = limitsOf(group).map((field) => GROUP_LIMITS[field].setting);
  if (group.mode === "none") {
    return limits.map((setting) => ({
      setting,
      message: "there is no group with a limit, as 'cgroup = none' is set: remove one of both lines",
    }));
  }
  if (cgroup === "" || !asksForGroup(group)) return [];
  const message =
    `the processes are in the group of 'run-in-cgroup', ${cgroup}, which is not the daemon's: ` +
    "remove one of both lines";
  return [...group.mode === "auto" ? ["cgroup"] : [], ...limits].map((setting) => ({ setting, message }));
}
